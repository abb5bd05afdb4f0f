// PostgreSQL's COPY, as text, through pg alone: a query object of ours hears the messages that pg
// hands on, so nothing but a connection is needed at either end.
import { once } from "node:events";
import type pg from "pg";

/** What pg tells the query that is running. */
interface Heard {
  handleCommandComplete(message: { readonly text: string }): void;
  handleError(error: Error): void;
  handleReadyForQuery(): void;
  handleCopyData(message: { readonly chunk: Buffer }, connection: Copying): void;
  handleCopyInResponse(connection: Copying): void;
}

type Copying = pg.Connection & {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/** Bytes that wait to be taken before the server is told to wait. */
const MUCH = 1 << 20;

/** The rows of `copy … to stdout`, some at a time. */
export async function* copyOut(client: pg.Client, statement: string): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  let socket: pg.Connection["stream"] | undefined;
  let end: { readonly error?: Error } | undefined;
  let wake: () => void = () => {};
  const query: pg.Submittable & Heard = {
    submit: (connection) => connection.query(statement),
    handleCopyData({ chunk }, { stream }) {
      // The bytes are a part of what pg reads the next message into.
      waiting.push(Buffer.from(chunk));
      size += chunk.length;
      if (size > MUCH && socket === undefined) {
        socket = stream;
        stream.pause();
      }
      wake();
    },
    handleCommandComplete() {},
    handleCopyInResponse: (connection) => connection.sendCopyFail("rows come out, none go in"),
    handleError(error) {
      end = { error };
      wake();
    },
    handleReadyForQuery() {
      end ??= {};
      wake();
    },
  };
  client.query(query);
  try {
    for (;;) {
      if (waiting.length > 0) {
        const rows = Buffer.concat(waiting);
        waiting = [];
        size = 0;
        yield rows;
      } else if (end) {
        if (end.error) {
          throw end.error;
        }
        return;
      } else {
        socket?.resume();
        socket = undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    // Whoever stops listening also ends the connection.
    socket?.resume();
  }
}

/** How many rows end here: one line each, as a line's end within a value is written `\\n`. */
export function rowsIn(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(10); at >= 0; at = text.indexOf(10, at + 1)) {
    count++;
  }
  return count;
}

/** Runs `copy … from stdin` with these bytes and answers how many rows there were. */
export function copyIn(
  client: pg.Client,
  statement: string,
  rows: AsyncIterable<Buffer>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let copied = 0;
    let failure: Error | undefined;
    async function send(connection: Copying): Promise<void> {
      try {
        for await (const some of rows) {
          if (failure) {
            return;
          }
          connection.sendCopyFromChunk(some);
          if (connection.stream.writableNeedDrain) {
            await once(connection.stream, "drain");
          }
        }
        connection.endCopyFrom();
      } catch (error) {
        failure ??= error as Error;
        connection.sendCopyFail("the rows cannot be read");
      }
    }
    const query: pg.Submittable & Heard = {
      submit: (connection) => connection.query(statement),
      handleCopyInResponse: (connection) => void send(connection),
      handleCopyData() {},
      handleCommandComplete({ text }) {
        copied = Number(/^COPY (\d+)$/.exec(text)?.[1]);
      },
      handleError(error) {
        // Ours, if it was we who broke it off.
        failure ??= error;
        reject(failure);
      },
      handleReadyForQuery: () => resolve(copied),
    };
    client.query(query);
  });
}
