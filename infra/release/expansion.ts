/**
 * Whether the release before goes on while a migration's tables are already there: it reads and
 * writes them until its last instance is replaced, and again after a step back. So a migration
 * adds; what it takes away, a later release does, when nothing has used it for a whole release.
 */
import { type Statement, statementsOf } from "./statements.ts";

/** Above a statement that takes away: why nothing of the release before needs it. */
const REASON = /^--\s*the release before goes on:\s*\S/im;

/** What would break it, a sentence each. */
export function breaks(file: string): readonly string[] {
  const statements = statementsOf(file);
  const made = new Set(statements.flatMap(({ sql }) => CREATE_TABLE.exec(sql)?.[1] ?? []));
  return statements.flatMap((statement) =>
    REASON.test(statement.comment)
      ? []
      : reasonsOf(statement, made).map((reason) => `${reason}: ${short(statement)}`),
  );
}

const CREATE_TABLE = /^create (?:unlogged )?table (?:if not exists )?(\S+?)(?: |\()/;
const UNIQUE_INDEX = /^create unique index .*? on (?:only )?(\S+?)(?: |\()/;
const ALTER_TABLE = /^alter table (?:if exists )?(?:only )?(\S+) (.*)$/;

function reasonsOf({ sql }: Statement, made: ReadonlySet<string>): string[] {
  const isNew = (table: string | undefined) => table !== undefined && made.has(table);
  const [, altered, actions] = ALTER_TABLE.exec(sql) ?? [];
  if (actions !== undefined) {
    return isNew(altered) ? [] : actionsOf(actions).flatMap(reasonOf);
  }
  if (/^drop (?!index )/.test(sql)) {
    return ["takes away what it uses"];
  }
  if (/^alter (?!index )\S+ .* rename /.test(sql)) {
    return ["renames what it uses"];
  }
  if (/^truncate /.test(sql)) {
    return ["takes away its rows"];
  }
  if (/^do /.test(sql)) {
    return ["is a block that nobody can judge"];
  }
  const [, indexed] = UNIQUE_INDEX.exec(sql) ?? [];
  return indexed !== undefined && !isNew(indexed) ? ["forbids what it may write"] : [];
}

/** One action of `alter table`. */
function reasonOf(action: string): string[] {
  if (/^drop (?!constraint )/.test(action)) {
    return ["takes away what it uses"];
  }
  if (/^rename (?!constraint )/.test(action)) {
    return ["renames what it uses"];
  }
  if (/^alter (column )?\S+ (set data )?type /.test(action)) {
    return ["changes the type of what it uses"];
  }
  if (/^alter (column )?\S+ (set not null|drop default)/.test(action)) {
    return ["wants a value that it does not write"];
  }
  if (/^add (constraint|check|unique|primary|foreign|exclude)\b/.test(action)) {
    return ["forbids what it may write"];
  }
  const isRequired = /^add .* not null/.test(action) && !/ (default|generated) /.test(action);
  return isRequired ? ["wants a value that it does not write"] : [];
}

/** At the commas that are in no brackets. */
function actionsOf(text: string): string[] {
  const actions = [""];
  let depth = 0;
  for (const character of text) {
    depth += character === "(" ? 1 : character === ")" ? -1 : 0;
    if (character === "," && depth === 0) {
      actions.push("");
    } else {
      actions[actions.length - 1] += character;
    }
  }
  return actions.map((action) => action.trim());
}

function short({ sql }: Statement): string {
  return sql.length > 80 ? `${sql.slice(0, 79)}…` : sql;
}
