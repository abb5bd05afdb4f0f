import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { createLog } from "./log.ts";
import { whenThere } from "./patience.ts";

const log = createLog({ service: "test", level: "silent" });

describe("a start that needs the database", () => {
  it("tries again while the database is away", async () => {
    let tries = 0;
    const answer = await whenThere(async () => {
      tries++;
      if (tries < 3) {
        throw new Fault("DEPENDENCY_DOWN", "the database cannot be reached");
      }
      return "there";
    }, log);
    assert.deepEqual([answer, tries], ["there", 3]);
  });

  it("ends with any other error", async () => {
    const work = async () => {
      throw new Error("a wrong statement");
    };
    await assert.rejects(whenThere(work, log), /a wrong statement/);
  });

  it("gives up when it is told to", async () => {
    const stopping = new AbortController();
    const work = async () => {
      stopping.abort();
      throw new Fault("DEPENDENCY_DOWN", "the database cannot be reached");
    };
    await assert.rejects(whenThere(work, log, stopping.signal), /AbortError|aborted/);
  });
});
