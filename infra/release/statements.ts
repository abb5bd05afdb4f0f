/** A statement of a file of SQL. */
export interface Statement {
  /** In lower case, on one line, without comments; literals are empty. */
  readonly sql: string;
  /** What stands above it and in it. */
  readonly comment: string;
}

/** A comment, a literal, a quoted name, the body of a function, an end, or what is between. */
const PART =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|;|[^-/'"$;]+|./g;

export function statementsOf(file: string): readonly Statement[] {
  const found: Statement[] = [];
  let sql = "";
  let comment = "";
  const end = () => {
    const told = sql.toLowerCase().replace(/\s+/g, " ").trim();
    if (told !== "") {
      found.push({ sql: told, comment });
      comment = "";
    }
    sql = "";
  };
  for (const [part] of file.matchAll(PART)) {
    if (part === ";") {
      end();
    } else if (part.startsWith("--") || part.startsWith("/*")) {
      comment += `${part}\n`;
      sql += " ";
    } else if (/^'|^\$\w*\$/.test(part)) {
      sql += "''";
    } else {
      sql += part;
    }
  }
  end();
  return found;
}
