import type { AttributeValue, Item } from '../../simulator';
import type { TestDatabase } from '../postgres-server';
import { query } from '../service-login';

/** A row's texts, numbers and booleans, as text. */
export type Cells = Readonly<Record<string, string>>;

/** The plain cells of a table, read with PostgreSQL only. */
export async function textRows(database: TestDatabase, table: string): Promise<readonly Cells[]> {
  const columns = await query(
    database,
    `SELECT column_name FROM information_schema.columns WHERE table_name = '${table}'
       AND data_type IN ('text', 'numeric', 'boolean') AND left(column_name, 2) <> '__'`,
  );
  const list = columns.map((column) => `"${String(column['column_name'])}"::text`).join();
  const rows = await query(database, `SELECT ${list} FROM "${table}"`);
  return rows
    .map((row) =>
      Object.fromEntries(Object.entries(row).filter((cell): cell is [string, string] => cell[1] !== null)),
    )
    .map(sorted)
    .sort(byText);
}

/** Attribute that is sometimes a text and sometimes a number: its column is a document. */
const MIXED = 'either';

/** The plain cells that the item's row must have. */
export function plainCells(item: Item): Cells {
  return sorted(
    Object.fromEntries(
      Object.entries(item).flatMap(([name, value]) => {
        const text = name === MIXED ? undefined : plainText(value);
        return text === undefined ? [] : [[name, text]];
      }),
    ),
  );
}

export function byText(one: Cells, other: Cells): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function plainText(value: AttributeValue): string | undefined {
  if ('S' in value) return value.S;
  if ('N' in value) return value.N;
  return 'BOOL' in value ? String(value.BOOL) : undefined;
}

function sorted(cells: Cells): Cells {
  return Object.fromEntries(Object.entries(cells).sort(([one], [other]) => (one < other ? -1 : 1)));
}
