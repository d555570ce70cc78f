import type { Column } from '../../item/column';
import { keyNames, otherNames, OWN_COLUMNS } from './columns';
import { columnList, equalOn } from './sql';

const { action: ACTION, known: KNOWN, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Tables, by their names in SQL text, and what they hold. */
export interface Overlay {
  readonly shadow: string;
  readonly changes: string;
  readonly columns: readonly Column[];
  readonly soft: boolean;
  /** Whether the visible table already exists. Then the publish carries its tombstones over. */
  readonly published: boolean;
}

/** A statement that writes the rows that a condition selects. */
export interface RowWrite {
  /** Up to its `WHERE`. */
  readonly statement: string;
  /** What the rows are found in, for `FROM`. */
  readonly from: string;
  readonly where: string;
}

export function whole({ statement, where }: RowWrite): string {
  return `${statement} WHERE ${where}`;
}

/** Statements that apply the changes to the shadow table (rule P2). Idempotent. */
export function applyToShadow({ shadow, changes, columns, soft, published }: Overlay): readonly string[] {
  const keys = keyNames(columns);
  const sameKey = equalOn('__r_shadow', '__r_changes', keys);
  const names = columnList([...columns.map(({ name }) => name), TIME]);
  if (!soft) {
    return [
      `DELETE FROM ${shadow} __r_shadow USING ${changes} __r_changes WHERE ${sameKey}`,
      `INSERT INTO ${shadow} (${names}) SELECT ${names} FROM ${changes} WHERE ${ACTION} = 'upsert'`,
    ];
  }
  // Deleted, with nothing but the key known: the values of the export stay.
  const marks = `__r_changes.${ACTION} = 'delete' AND NOT __r_changes.${KNOWN}`;
  return [
    `UPDATE ${shadow} __r_shadow SET ${DELETED} = true, ${TIME} = __r_changes.${TIME} FROM ${changes} __r_changes
       WHERE ${sameKey} AND ${marks}`,
    `DELETE FROM ${shadow} __r_shadow USING ${changes} __r_changes WHERE ${sameKey} AND NOT (${marks})`,
    `INSERT INTO ${shadow} (${names}, ${DELETED}) SELECT ${names}, ${ACTION} = 'delete' FROM ${changes}
       WHERE ${ACTION} IN ('upsert', 'delete') AND ${KNOWN}`,
    ...(published ? [] : [whole(keyOnlyTombstones(shadow, changes, columns))]),
  ];
}

/**
 * Whether a row has another time than the one that a publish found for it. The row of a change gets the time of that
 * change even if it has the same values: a heal goes by it (rule G3). An export has no times.
 * @param row, found aliases
 */
export function isNewer(row: string, found: string): string {
  return `(${found}.${TIME} IS NOT NULL AND ${row}.${TIME} IS DISTINCT FROM ${found}.${TIME})`;
}

/** Tables of changes, by their names in SQL text. */
export interface StagedChanges {
  readonly lines: string;
  readonly changes: string;
  readonly columns: readonly Column[];
  readonly soft: boolean;
  /** The column that identifies a key as a whole. */
  readonly key: string;
}

/** Statements that apply the changes to the lines of a heal (rule G4). A deleted row keeps its last known values. */
export function applyToLines({ lines, changes, columns, soft, key }: StagedChanges): readonly string[] {
  const sameKey = equalOn('__r_lines', '__r_changes', [key]);
  const keeps = `__r_changes.${ACTION} = 'delete' AND NOT __r_changes.${KNOWN} AND __r_lines.${KNOWN}`;
  const names = [key, ACTION, KNOWN, TIME, ...columns.map(({ name }) => name)];
  return [
    ...(soft
      ? [
          `UPDATE ${lines} __r_lines SET ${ACTION} = 'delete', ${TIME} = __r_changes.${TIME} FROM ${changes} __r_changes
             WHERE ${sameKey} AND ${keeps}`,
        ]
      : []),
    `DELETE FROM ${lines} __r_lines USING ${changes} __r_changes WHERE ${sameKey}${soft ? ` AND NOT (${keeps})` : ''}`,
    `INSERT INTO ${lines} (${columnList(names)}) SELECT ${columnList(names, '__r_changes')} FROM ${changes} __r_changes
       WHERE NOT EXISTS (SELECT 1 FROM ${lines} __r_lines WHERE ${sameKey})`,
  ];
}

/**
 * With soft deletes: inserts deleted rows of which only the key was ever known. All other columns are named, since users
 * may have given them a default.
 */
export function keyOnlyTombstones(into: string, tombstones: string, columns: readonly Column[]): RowWrite {
  const keys = keyNames(columns);
  const others = otherNames(columns);
  const from = `${tombstones} __r_gone`;
  return {
    statement: `INSERT INTO ${into} (${columnList([...keys, TIME, DELETED, ...others])})
      SELECT ${[columnList([...keys, TIME], '__r_gone'), 'true', ...others.map(() => 'NULL')].join(', ')} FROM ${from}`,
    from,
    where: `__r_gone.${ACTION} = 'delete'
      AND NOT EXISTS (SELECT 1 FROM ${into} __r_row WHERE ${equalOn('__r_row', '__r_gone', keys)})`,
  };
}

/** Sets the time of the delete in soft-deleted rows that the export lacks, if the delete was seen while loading. */
export function datedTombstones(visible: string, changes: string, keys: readonly string[]): RowWrite {
  const from = `${changes} __r_changes`;
  return {
    statement: `UPDATE ${visible} __r_row SET ${TIME} = __r_changes.${TIME} FROM ${from}`,
    from: `${visible} __r_row, ${from}`,
    where: `${equalOn('__r_row', '__r_changes', keys)} AND __r_changes.${ACTION} = 'delete'
      AND __r_row.${DELETED} AND __r_row.${TIME} IS NULL`,
  };
}

/** Counts rows of the visible table that are not soft-deleted, as `__r_live`. */
export function liveRows(visible: string, soft: boolean): string {
  return `SELECT count(*) AS __r_live FROM ${visible} ${soft ? `WHERE NOT ${DELETED}` : ''}`;
}
