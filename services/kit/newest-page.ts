// Pages of what is listed with the newest first.
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "./page-token.ts";

/** Where a row stands; of two with the same time the id decides. */
interface Place {
  readonly createTime: Date;
  readonly id: string;
}

/** What a list asks of the database. */
export interface Page {
  /** The last row of the page before; undefined: from the first on. */
  readonly after: Place | undefined;
  /** One more than is shown, from which it is seen whether there is a next page. */
  readonly limit: number;
}

interface PageRequest {
  readonly pageSize?: number | undefined;
  readonly pageToken: string;
}

/**
 * `filter` is all of the request that decides which rows there are; `list` is asked once size and
 * token are found to be right.
 */
export async function newestPage<Row extends Place>(
  { pageSize, pageToken }: PageRequest,
  filter: unknown,
  list: (page: Page) => Promise<readonly Row[]>,
): Promise<{ readonly rows: readonly Row[]; readonly nextPageToken: string | undefined }> {
  const size = pageSizeOf(pageSize);
  const key = readPageToken(pageToken, filter, [timePart, textPart]);
  const after = key && { createTime: key[0], id: key[1] };
  const found = await list({ after, limit: size + 1 });
  return pageOf(found, size, filter, ({ createTime, id }) => [createTime.toISOString(), id]);
}
