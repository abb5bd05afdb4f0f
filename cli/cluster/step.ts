// What is done one after the other, and how each is shown to whoever wants to see it first.

/** A program and its arguments; no shell is between. */
export type Command = readonly [file: string, ...args: string[]];

export type Step =
  | { readonly title: string; readonly command: Command }
  | { readonly title: string; readonly file: string; readonly text: string };

/** As a shell would take it, so that a person can do the same by hand. */
export function inShell(step: Step): string {
  if ("command" in step) {
    return step.command.map(quoted).join(" ");
  }
  const { file, text } = step;
  const folder = file.slice(0, file.lastIndexOf("/"));
  return `mkdir -p ${quoted(folder)}\ncat > ${quoted(file)} <<'EOF'\n${text}EOF`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
