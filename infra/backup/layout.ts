// What a database holds, as its catalogue says: nothing here knows a table by its name.
import pg from "pg";

export interface Layout {
  /** A table comes after those that its foreign keys point to. */
  readonly tables: readonly Table[];
  readonly migrations: Readonly<Record<string, readonly string[]>>;
  /** graphile-worker has made its tables here. */
  readonly jobs: boolean;
}

export interface Table {
  /** `public.orders`; quoted where it needs that. */
  readonly name: string;
  /** All but those that PostgreSQL computes. */
  readonly columns: readonly string[];
}

/** Tables of node-pg-migrate (kit/migrate.ts) and of graphile-worker say what the schema is. */
const SCHEMA_TABLE = /^(public\.\w+_migrations|graphile_worker\.migrations)$/;

/** A list of these, for a statement. */
export function namesOf(tables: readonly Table[]): string {
  return tables.map(({ name }) => name).join(", ");
}

export async function readLayout(client: pg.Client): Promise<Layout> {
  const { rows } = await client.query<TableRow>(TABLES);
  const all = new Map(rows.map((row) => [row.name, row]));
  const migrations: Record<string, string[]> = {};
  for (const { name } of rows) {
    const [, folder] = /^public\.(\w+)_migrations$/.exec(name) ?? [];
    if (folder) {
      const applied = await client.query<{ name: string }>(`select name from ${name} order by id`);
      migrations[folder] = applied.rows.map((row) => row.name);
    }
  }
  const tables: Table[] = [];
  const place = ({ name, columns, points_to }: TableRow) => {
    if (!all.delete(name)) {
      return;
    }
    for (const other of points_to) {
      const row = all.get(other);
      if (row) {
        place(row);
      }
    }
    tables.push({ name, columns });
  };
  const data = rows.filter(({ name }) => !SCHEMA_TABLE.test(name));
  data.forEach(place);
  const jobs = rows.some(({ name }) => name.startsWith("graphile_worker."));
  return { tables, migrations, jobs };
}

interface TableRow {
  readonly name: string;
  readonly columns: string[];
  readonly points_to: string[];
}

/** Of no schema of PostgreSQL's own. */
const OURS = "n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'";

const TABLES = `
select format('%I.%I', n.nspname, c.relname) as name,
       array(select a.attname::text from pg_attribute a
              where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                and a.attgenerated = ''
              order by a.attnum) as columns,
       array(select format('%I.%I', tn.nspname, t.relname)
               from pg_constraint f
               join pg_class t on t.oid = f.confrelid
               join pg_namespace tn on tn.oid = t.relnamespace
              where f.contype = 'f' and f.conrelid = c.oid) as points_to
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
 where c.relkind in ('r', 'p') and ${OURS}
 order by 1`;

/** Of identity columns too. Read after the tables' rows were fixed, they are never behind them. */
export async function readSequences(client: pg.Client): Promise<Record<string, string | null>> {
  const { rows } = await client.query<{ name: string; last_value: string | null }>(
    `select format('%I.%I', n.schemaname, n.sequencename) as name, n.last_value::text
       from pg_sequences n
      where n.schemaname !~ '^pg_'
      order by 1`,
  );
  return Object.fromEntries(rows.map(({ name, last_value }) => [name, last_value]));
}

export function columnList({ columns }: Pick<Table, "columns">): string {
  return columns.map((column) => pg.escapeIdentifier(column)).join(", ");
}
