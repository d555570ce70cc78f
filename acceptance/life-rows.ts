/** The rows of the table that lives, and how they are compared. Pure. */

/** Key → the other attributes as one text. */
export type Rows = ReadonlyMap<string, string>;

/** An item that the writer writes; attributes of an item that lacks them are `null`. */
export interface LifeItem {
  readonly pk: string;
  readonly v: string;
  readonly note: string | null;
}

export const valueOf = ({ v, note }: Omit<LifeItem, 'pk'>): string => JSON.stringify([v, note]);

export interface Differences {
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
}

/** @param columns of the destination's rows; others than the items' do not count */
export function differences(
  wanted: Rows,
  columns: readonly string[],
  rows: readonly (readonly unknown[])[],
): Differences {
  const at = (row: readonly unknown[], column: string): string | null => {
    const value = row[columns.indexOf(column)];
    // A column that no item has needed yet does not exist.
    return value === undefined || value === null ? null : String(value);
  };
  const found = new Map(
    rows.map((row) => [at(row, 'pk') ?? '', valueOf({ v: at(row, 'v') ?? '', note: at(row, 'note') })]),
  );
  let [missing, different] = [0, 0];
  for (const [pk, value] of wanted) {
    if (!found.has(pk)) missing += 1;
    else if (found.get(pk) !== value) different += 1;
  }
  const extra = [...found.keys()].filter((pk) => !wanted.has(pk)).length + (rows.length - found.size);
  return { missing, extra, different };
}
