import type { Cell, Column, ColumnType } from '../../item/column';
import type { ChangeBatch, RowChange } from '../destination';
import { changedRows } from '../relational/changed-rows';
import { keyNames, OWN_COLUMNS } from '../relational/columns';
import { changedDeadLetters } from '../relational/dead-letters';
import type { Counts } from '../relational/format';
import { columnList, equalOn, quote } from '../relational/sql';
import { keyOnlyTombstones, whole } from '../relational/statements';
import { DEAD_LETTERS, insertDeadLetters } from './dead-letters';
import { RowColumns } from './parquet/row-columns';
import { temporary, type Transaction } from './session';
import type { DuckDBTables } from './tables';

const STAGED = temporary('staged');
/** Rows that soft deletes mark. They are replaced, not updated: see `writeCheckpoint`. */
const MARKED = temporary('marked');
const { key: KEY, action: ACTION, known: KNOWN, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Applies changes to the changes table, or to lines. Both keep one row per key, including tombstones. */
export async function applyToChanges(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  into: 'changes' | 'lines' = 'changes',
): Promise<void> {
  await stage(transaction, columns, batch);
  await keepStaged(transaction, tables, columns, batch, into);
}

/** Takes rows out of the staged batch. */
async function keepStaged(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  into: 'changes' | 'lines',
): Promise<void> {
  const changes = tables.sql(into);
  const names = columnList([KEY, ACTION, KNOWN, TIME, ...columns.map(({ name }) => name)]);
  await replaceDeadLetters(transaction, tables.target.pipeline, batch.changes, {
    role: into,
    areThere: true,
  });
  if (tables.soft) {
    // A deleted row keeps its last known values.
    await transaction.run(
      `CREATE OR REPLACE TEMPORARY TABLE ${MARKED} AS
         SELECT __r_changes.* REPLACE ('delete' AS ${ACTION}, __r_staged.${TIME} AS ${TIME})
         FROM ${changes} __r_changes, ${STAGED} __r_staged
         WHERE __r_changes.${KEY} = __r_staged.${KEY} AND __r_staged.${ACTION} = 'delete'`,
    );
  }
  await transaction.run(
    `DELETE FROM ${changes} __r_changes USING ${STAGED} __r_staged WHERE __r_changes.${KEY} = __r_staged.${KEY}`,
  );
  if (tables.soft) {
    await transaction.run(`INSERT INTO ${changes} SELECT * FROM ${MARKED}`);
    await transaction.run(
      `DELETE FROM ${STAGED} __r_staged USING ${MARKED} __r_marked WHERE __r_staged.${KEY} = __r_marked.${KEY}`,
    );
  }
  await transaction.run(`INSERT INTO ${changes} (${names}) SELECT ${names} FROM ${STAGED}`);
}

/** What is known of the visible table before a batch. */
interface VisibleState {
  readonly before: Counts;
  readonly recordKeys: boolean;
}

/** Applies changes to the visible table, and returns the new counts. */
export async function applyToVisible(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  visible: VisibleState,
): Promise<Counts> {
  await stage(transaction, columns, batch);
  return showStaged(transaction, tables, columns, batch, visible);
}

/** Applies changes to the visible table and to changes (rule P3). Returns the new counts of the visible table. */
export async function applyToBoth(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  visible: VisibleState,
): Promise<Counts> {
  const counts = await applyToVisible(transaction, tables, columns, batch, visible);
  await keepStaged(transaction, tables, columns, batch, 'changes');
  return counts;
}

/**
 * Applies the staged batch to the visible table: deletes the rows of their keys, then appends the new ones. Returns the new
 * counts. To find the rows, DuckDB reads the keys of all rows, with all its threads. That is what a batch costs in a
 * large table, so batches grow under load (pipeline/follower.ts). MERGE INTO is fifty times slower with 10 million
 * rows. An index on that many keys does not fit into memory, doubles the file, and prevents columns from changing
 * their type.
 */
async function showStaged(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  { before, recordKeys }: VisibleState,
): Promise<Counts> {
  const visible = tables.sql('visible');
  const keys = keyNames(columns);
  const names = columnList([...columns.map(({ name }) => name), TIME]);
  const sameKey = equalOn('__r_row', '__r_staged', keys);
  /** Deleted rows that were not already marked as deleted. */
  let gone: number;
  if (tables.soft) {
    await transaction.run(
      `CREATE OR REPLACE TEMPORARY TABLE ${MARKED} AS
         SELECT __r_row.* REPLACE (true AS ${DELETED}, __r_staged.${TIME} AS ${TIME})
         FROM ${visible} __r_row, ${STAGED} __r_staged WHERE ${sameKey} AND __r_staged.${ACTION} = 'delete'`,
    );
    const replaced = await transaction.rows(
      `DELETE FROM ${visible} __r_row USING ${STAGED} __r_staged WHERE ${sameKey} RETURNING __r_row.${DELETED} AS deleted`,
    );
    gone = replaced.filter(({ deleted }) => deleted === false).length;
    await transaction.run(`INSERT INTO ${visible} SELECT * FROM ${MARKED}`);
    await transaction.run(
      `INSERT INTO ${visible} (${names}, ${DELETED}) SELECT ${names}, false FROM ${STAGED} WHERE ${ACTION} = 'upsert'`,
    );
    await transaction.run(whole(keyOnlyTombstones(visible, STAGED, columns)));
  } else {
    gone = await transaction.run(
      `DELETE FROM ${visible} __r_row USING ${STAGED} __r_staged WHERE ${sameKey}`,
    );
    await transaction.run(
      `INSERT INTO ${visible} (${names}) SELECT ${names} FROM ${STAGED} WHERE ${ACTION} = 'upsert'`,
    );
  }
  if (recordKeys) {
    const recorded = columnList([KEY, ...keys]);
    await transaction.run(
      `INSERT INTO ${tables.sql('changed keys')} (${recorded}) SELECT ${recorded} FROM ${STAGED}
         WHERE ${KEY} NOT IN (SELECT ${KEY} FROM ${tables.sql('changed keys')})`,
    );
  }
  const upserts = batch.changes.filter(({ action }) => action === 'upsert').length;
  const deadLetters = { role: 'visible', areThere: before.deadLetters > 0 } as const;
  const added = await replaceDeadLetters(transaction, tables.target.pipeline, batch.changes, deadLetters);
  return { rows: before.rows + upserts - gone, deadLetters: before.deadLetters + added };
}

const TEXT: ColumnType = { kind: 'text' };
/** The types of the columns before those of the items. */
const STAGED_TYPES: readonly ColumnType[] = [
  TEXT,
  TEXT,
  { kind: 'boolean' },
  { kind: 'number', integerDigits: 16, scale: 0, int64: true },
];

/** Puts a batch into a temporary table: one row per key, in the form of the changes table. */
async function stage(
  transaction: Transaction,
  columns: readonly Column[],
  batch: ChangeBatch,
): Promise<void> {
  const names = [KEY, ACTION, KNOWN, TIME, ...columns.map(({ name }) => name)];
  const rows = RowColumns.of(
    [...STAGED_TYPES, ...columns.map(({ type }) => type)],
    stagedRows(columns, batch),
  );
  const values = rows.expressions().map((value, i) => (names[i] === TIME ? `epoch_ms(${value})` : value));
  const selected = values.map((value, i) => `${value} AS ${quote(names[i] as string)}`);
  const file = await transaction.write(rows);
  try {
    await transaction.run(
      `CREATE OR REPLACE TEMPORARY TABLE ${STAGED} AS SELECT ${selected.join(', ')} FROM ${file.sql}`,
    );
  } finally {
    await file.remove();
  }
}

function* stagedRows(columns: readonly Column[], batch: ChangeBatch): Generator<readonly Cell[]> {
  const { positions, cells } = changedRows(batch.columns, columns);
  const places = columns.map(({ name }) => positions.get(name));
  for (const change of batch.changes) {
    const row = cells(change);
    const { keyText, action, sourceTime } = change;
    const values = places.map((place) => (place === undefined ? null : (row[place] ?? null)));
    yield [keyText, action, action === 'upsert', String(sourceTime), ...values];
  }
}

/**
 * Any change of a key removes its dead letter. A change that is a dead letter adds it. Returns the change in their
 * number.
 * @param deadLetters the table they belong to, and whether there may be any
 */
async function replaceDeadLetters(
  transaction: Transaction,
  pipeline: string,
  changes: readonly RowChange[],
  deadLetters: { readonly role: 'visible' | 'changes' | 'lines'; readonly areThere: boolean },
): Promise<number> {
  const { role, areThere } = deadLetters;
  const gone = areThere
    ? await transaction.run(
        `DELETE FROM ${DEAD_LETTERS} __r_dead_letter USING ${STAGED} __r_staged
           WHERE __r_dead_letter.pipeline = $1 AND __r_dead_letter.stage = '${role}' AND __r_dead_letter.key = __r_staged.${KEY}`,
        [pipeline],
      )
    : 0;
  const added = changedDeadLetters(changes);
  await insertDeadLetters(transaction, pipeline, role, added);
  return added.length - gone;
}
