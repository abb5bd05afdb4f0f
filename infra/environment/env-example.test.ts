import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { z } from "zod";
import { root } from "../dev/root.ts";
import { envExample } from "./env-example.ts";
import { programs, shapes } from "./shapes.ts";
import { variableOf } from "./variable.ts";

describe(".env.example", () => {
  it("is what the schemas say now: npm run env-example", async () => {
    assert.equal(await readFile(join(root, ".env.example"), "utf8"), envExample());
  });

  it("has every variable of every process once, those that are needed to be filled in", () => {
    const lines = envExample().split("\n");
    const names = new Set(programs.flatMap((program) => Object.keys(shapes[program])));
    for (const name of names) {
      assert.equal(lines.filter((line) => new RegExp(`^(# )?${name}=`).test(line)).length, 1, name);
    }
    const needed = lines.filter((line) => /^\w+=$/.test(line));
    assert.deepEqual(needed, [
      "POSTGRES_PASSWORD=",
      "DATABASE_URL=",
      "STRIPE_SECRET_KEY=",
      "STRIPE_WEBHOOK_SECRET=",
      "SMTP_URL=",
    ]);
  });

  it("tells of a variable what its schema does", () => {
    const mode = z.enum(["a", "b"]).default("b").describe("Which.");
    assert.deepEqual(variableOf("MODE", mode), {
      name: "MODE",
      description: "Which.",
      isRequired: false,
      standard: "b",
      choices: ["a", "b"],
    });
    const after = z
      .string()
      .default("1h")
      .transform((text) => Number.parseInt(text, 10))
      .describe("How long.");
    assert.equal(variableOf("AFTER", after).standard, "1h");
    assert.ok(variableOf("URL", z.url().describe("Where.")).isRequired);
  });

  it("has no variable that says nothing of itself", () => {
    assert.throws(() => variableOf("X", z.string()), /X has no description/);
  });
});
