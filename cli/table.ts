const MAX_WIDTH = 60;

/** For people: columns as wide as what is in them, up to a width that a terminal has. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, ...rows].map((cells) => cells.map(plain));
  const widths = heads.map((_, at) => Math.max(...lines.map((cells) => (cells[at] ?? "").length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** One line, without what would move a terminal's cursor. */
function plain(cell: string): string {
  const line = cell.replace(/[\p{Cc}\s]+/gu, " ");
  return line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH - 1)}…` : line;
}
