import type { Cell, Column } from '../../item/column';
import type { ChangeBatch, RowChange } from '../destination';
import { DEAD_LETTERS, DeadLetterWriter } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { keyNames } from '../recorded-columns';
import { rowSource } from '../row-source';
import type { Transaction } from './session';
import { columnList, equalOn, quote } from '../sql';
import { writtenColumn, type PipelineTables } from './tables';
import type { StoredValue, WrittenColumn } from './table-writer';
import { sqlType } from './types';

const STAGED = 'staged_changes';
/** Rows that soft deletes mark. They are replaced, not updated: see `writeCheckpoint`. */
const MARKED = 'marked_rows';
const { key: KEY, action: ACTION, known: KNOWN, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Applies changes to the changes table, which keeps one line per key, tombstones included. */
export async function applyToChanges(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  batch: ChangeBatch,
): Promise<void> {
  await stage(transaction, columns, batch);
  const changes = tables.sql('changes');
  const names = columnList([KEY, ACTION, KNOWN, TIME, ...columns.map(({ name }) => name)]);
  await replaceLetters(transaction, tables.target.pipeline, 'changes', batch.changes);
  if (tables.soft) {
    // The last values of a deleted row stay known.
    await transaction.run(
      `CREATE OR REPLACE TEMPORARY TABLE ${MARKED} AS
         SELECT c.* REPLACE ('delete' AS ${ACTION}, s.${TIME} AS ${TIME}) FROM ${changes} c, ${STAGED} s
         WHERE c.${KEY} = s.${KEY} AND s.${ACTION} = 'delete'`,
    );
  }
  await transaction.run(`DELETE FROM ${changes} c USING ${STAGED} s WHERE c.${KEY} = s.${KEY}`);
  if (tables.soft) {
    await transaction.run(`INSERT INTO ${changes} SELECT * FROM ${MARKED}`);
    await transaction.run(`DELETE FROM ${STAGED} s USING ${MARKED} m WHERE s.${KEY} = m.${KEY}`);
  }
  await transaction.run(`INSERT INTO ${changes} (${names}) SELECT ${names} FROM ${STAGED}`);
}

/** Applies changes to the visible table. */
export async function applyToVisible(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  batch: ChangeBatch,
  recordKeys: boolean,
): Promise<void> {
  await stage(transaction, columns, batch);
  const visible = tables.sql('visible');
  const keys = keyNames(columns);
  const names = columnList([...columns.map(({ name }) => name), TIME]);
  const sameKey = equalOn('v', 's', keys);
  if (tables.soft) {
    await transaction.run(
      `CREATE OR REPLACE TEMPORARY TABLE ${MARKED} AS
         SELECT v.* REPLACE (true AS ${DELETED}, s.${TIME} AS ${TIME}) FROM ${visible} v, ${STAGED} s
         WHERE ${sameKey} AND s.${ACTION} = 'delete'`,
    );
    await transaction.run(`DELETE FROM ${visible} v USING ${STAGED} s WHERE ${sameKey}`);
    await transaction.run(`INSERT INTO ${visible} SELECT * FROM ${MARKED}`);
    await transaction.run(
      `INSERT INTO ${visible} (${names}, ${DELETED}) SELECT ${names}, false FROM ${STAGED} WHERE ${ACTION} = 'upsert'`,
    );
    await insertKeyOnly(transaction, visible, STAGED, keys);
  } else {
    await transaction.run(`DELETE FROM ${visible} v USING ${STAGED} s WHERE ${sameKey}`);
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
  await replaceLetters(transaction, tables.target.pipeline, 'visible', batch.changes);
}

/** Deleted rows of which nothing but the key was ever known, for soft deletes. Returns how many. */
export async function insertKeyOnly(
  transaction: Transaction,
  visible: string,
  tombstones: string,
  keys: readonly string[],
): Promise<number> {
  const [row] = await transaction.rows(
    `INSERT INTO ${visible} (${columnList(keys)}, ${TIME}, ${DELETED})
       SELECT ${columnList(keys, 't')}, t.${TIME}, true FROM ${tombstones} t
       WHERE t.${ACTION} = 'delete' AND NOT EXISTS (SELECT 1 FROM ${visible} v WHERE ${equalOn('v', 't', keys)})`,
  );
  return Number(row?.['Count']);
}

/** Puts a batch into a temporary table: one line per key, as the changes table has them. */
async function stage(
  transaction: Transaction,
  columns: readonly Column[],
  batch: ChangeBatch,
): Promise<void> {
  const written: WrittenColumn[] = [
    { name: KEY, type: { storage: 'text' } },
    { name: ACTION, type: { storage: 'text' } },
    { name: KNOWN, type: { storage: 'boolean' } },
    { name: TIME, type: { storage: 'timestamp' } },
    ...columns.map(writtenColumn),
  ];
  const definitions = written.map(({ name, type }) => `${quote(name)} ${sqlType(type)}`);
  await transaction.run(`CREATE OR REPLACE TEMPORARY TABLE ${STAGED} (${definitions.join(', ')})`);
  const source = rowSource(batch.columns, columns);
  const keyPositions = keyNames(columns).map((name) => {
    const position = source.positions.get(name);
    if (position === undefined) throw new Error(`a batch of changes has no key column ${name}`);
    return position;
  });
  // Keys stand in the order that their columns have in the batch.
  const keyOrder = [...keyPositions].sort((a, b) => a - b);
  const rows = batch.changes.map((change): StoredValue[] => [
    change.keyText,
    change.action,
    change.action === 'upsert',
    change.sourceTime,
    ...source.row(cellsOf(change, batch.columns.length, keyOrder)),
  ]);
  const own = written.length - columns.length;
  const places = written.map(({ name }, i) => {
    if (i < own) return i;
    const position = source.positions.get(name);
    return position === undefined ? -1 : own + position;
  });
  const writer = await transaction.write({ temporary: STAGED }, written);
  await transaction.append(() => writer.append(rows, places));
  await transaction.finish(writer);
}

function cellsOf(change: RowChange, width: number, keyOrder: readonly number[]): readonly Cell[] {
  if (change.action === 'upsert') return change.cells;
  const cells: Cell[] = new Array<Cell>(width).fill(null);
  if (change.action === 'delete dead letter' || change.key === undefined) return cells;
  const { key } = change;
  if (key.length !== keyOrder.length) throw new Error('a key must have the cells of all key columns');
  keyOrder.forEach((position, i) => (cells[position] = key[i] ?? null));
  return cells;
}

/** Whatever happens to a key, its dead letter is gone, unless the change is one. */
async function replaceLetters(
  transaction: Transaction,
  pipeline: string,
  letterStage: 'visible' | 'changes',
  changes: readonly RowChange[],
): Promise<void> {
  await transaction.run(
    `DELETE FROM ${DEAD_LETTERS} d USING ${STAGED} s
       WHERE d.pipeline = $1 AND d.stage = '${letterStage}' AND d.key = s.${KEY}`,
    [pipeline],
  );
  const writer = new DeadLetterWriter(transaction, pipeline, letterStage);
  await writer.append(changes.flatMap((change) => (change.action === 'dead letter' ? [change.letter] : [])));
  await writer.finish();
}
