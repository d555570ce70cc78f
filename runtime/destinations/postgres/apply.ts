import type { Column } from '../../item/column';
import type { ChangeBatch, RowChange } from '../destination';
import { isKey, keyNames, otherNames } from '../relational/columns';
import { changedDeadLetters } from '../relational/dead-letters';
import { columnList, quote } from '../relational/sql';
import type { Statement } from './connection/round-trip';
import { deleteDeadLettersOf, insertDeadLetters } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { counting, countingEach, countingWritten, requireWritten } from './head';
import { conflictTarget, isLongKey, sameKey, type KeyForm } from './key';
import type { BatchParameters, RowParameters } from './rows/row-parameters';
import type { PostgresTables } from './tables';

const { digest: DIGEST, action: ACTION, known: KNOWN, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** The parts of a pipeline's state that decide how a batch is applied. */
export interface ApplyState {
  readonly keyForm: KeyForm;
  readonly verifying: boolean;
  /** The table that the batch goes into may have dead letters. */
  readonly hasDeadLetters: boolean;
  /** The table has triggers or rules, which may drop rows. */
  readonly acted: boolean;
}

/** True for an inserted row. An updated one has a nonzero `xmax`, since the update locked the row that it replaced. */
const ADDED = 'xmax = 0';
const ADDED_ROWS = 'count(*) FILTER (WHERE __r_done.added)';
/** Up to this many rows are counted one by one. */
const FEW = 100;

/** Applies changes to the visible table. */
export function applyToVisible(
  tables: PostgresTables,
  columns: readonly Column[],
  rows: BatchParameters,
  state: ApplyState,
): readonly Statement[] {
  const visible = tables.sql('visible');
  const keys = keyNames(columns);
  const others = otherNames(columns);
  // The alias keeps a table that is named `excluded` apart from the rows that were not inserted.
  const onConflict = `ON CONFLICT ${conflictTarget(columns, state.keyForm)} DO UPDATE SET`;
  const buried = rows.of('dead letter').filter((change) => change.action === 'dead letter' && change.key);
  const upserts = rows.of('upsert');
  const deletes = rows.of('delete');
  const gone = tables.soft ? buried : [...buried, ...deletes];
  const statements: Statement[] = [];
  if (tables.soft) {
    // Count first: afterwards nobody can tell which rows a statement has marked or revived.
    const { sql, values } = rows.keys([...buried, ...upserts, ...deletes]);
    const same = sameKey('__r_row', '__r_new', columns, state.keyForm);
    const live = `SELECT FROM ${visible} __r_row JOIN ${sql} __r_new ON ${same} WHERE NOT __r_row.${DELETED}`;
    const counted = { sql: live, values: [...values, String(upserts.length)] };
    statements.push(counting('rows', counted, `$${counted.values.length}::bigint - count(*)`));
  }
  if (gone.length > 0) {
    const { sql, values } = rows.keys(gone);
    const same = sameKey('__r_row', '__r_new', columns, state.keyForm);
    const statement = { sql: `DELETE FROM ${visible} __r_row USING ${sql} __r_new WHERE ${same}`, values };
    statements.push(tables.soft ? statement : countingGone(statement, gone.length));
    if (state.acted)
      statements.push(requireGone(`${visible} __r_row JOIN ${sql} __r_new ON ${same}`, values));
  }
  if (upserts.length > 0) {
    const source = rows.whole(upserts, [TIME]);
    const own = tables.soft ? [TIME, DELETED] : [TIME];
    const names = columnList([...columns.map(({ name }) => name), ...own]);
    const statement = {
      sql: `INSERT INTO ${visible} AS __r_row (${names})
        SELECT ${source.columns}, __r_new.${TIME}${tables.soft ? ', false' : ''} FROM ${source.sql} __r_new
        ${onConflict} ${replaced([...others, ...own])}`,
      values: source.values,
    };
    const count = upserts.length;
    if (state.acted) statements.push(...requiringAll(statement, count, tables.soft ? undefined : ADDED_ROWS));
    else statements.push(tables.soft ? statement : countingAdded(statement, count));
  }
  if (tables.soft && deletes.length > 0) {
    // A deleted row keeps its last values. One that was never seen gets only its key, and no default of a user's.
    const source = rows.keys(deletes, [TIME]);
    const nothing = others.map(() => ', NULL').join('');
    const statement = {
      sql: `INSERT INTO ${visible} AS __r_row (${columnList([...keys, TIME, DELETED, ...others])})
        SELECT ${source.columns}, __r_new.${TIME}, true${nothing} FROM ${source.sql} __r_new
        ${onConflict} ${replaced([TIME, DELETED])}`,
      values: source.values,
    };
    statements.push(...(state.acted ? requiringAll(statement, deletes.length) : [statement]));
  }
  if (state.verifying) {
    const source = rows.keys(rows.changes, [DIGEST]);
    statements.push({
      sql: `INSERT INTO ${tables.sql('changed keys')} (${columnList([...keys, DIGEST])})
        SELECT ${source.columns}, __r_new.${DIGEST} FROM ${source.sql} __r_new ON CONFLICT DO NOTHING`,
      values: source.values,
    });
  }
  return [...statements, ...replaceDeadLetters(rows, tables.number, 'visible', state.hasDeadLetters)];
}

function countingAdded(statement: Statement, rows: number): Statement {
  if (rows <= FEW) return countingEach('rows', statement, `(${ADDED})::int`);
  return counting('rows', returning(statement, `${ADDED} AS added`), ADDED_ROWS);
}

/** The statement, and a guard that it wrote this many rows. */
function requiringAll(statement: Statement, rows: number, delta?: string): readonly Statement[] {
  return [countingWritten(returning(statement, `${ADDED} AS added`), delta), requireWritten(rows)];
}

/** A guard that rows were deleted. @param rows them, for `FROM` */
function requireGone(rows: string, values: RowParameters['values']): Statement {
  const sql = `SELECT (CASE WHEN EXISTS (SELECT FROM ${rows}) THEN 'dropped' ELSE 'true' END)::boolean`;
  return { sql, values, guard: 'rows' };
}

function countingGone(statement: Statement, rows: number): Statement {
  if (rows <= FEW) return countingEach('rows', statement, '-1');
  return counting('rows', returning(statement, '1'), '-count(*)');
}

/** Applies changes to the changes table, or to lines. Both keep one row per key, including tombstones. */
export function applyToChanges(
  tables: PostgresTables,
  columns: readonly Column[],
  rows: BatchParameters,
  { hasDeadLetters, acted }: Pick<ApplyState, 'hasDeadLetters' | 'acted'>,
  into: 'changes' | 'lines' = 'changes',
): readonly Statement[] {
  const names = columns.map(({ name }) => name);
  const put = (changes: readonly RowChange[], kept: readonly string[]): readonly Statement[] => {
    if (changes.length === 0) return [];
    const source = rows.whole(changes, [DIGEST, ACTION, TIME]);
    const statement = {
      sql: `INSERT INTO ${tables.sql(into)} (${columnList([...names, DIGEST, ACTION, TIME, KNOWN])})
        SELECT ${source.columns}, __r_new.${DIGEST}, __r_new.${ACTION}, __r_new.${TIME}, __r_new.${ACTION} = 'upsert'
        FROM ${source.sql} __r_new
        ON CONFLICT (${DIGEST}) DO UPDATE SET ${replaced([ACTION, TIME, ...kept])}`,
      values: source.values,
    };
    return acted ? requiringAll(statement, changes.length) : [statement];
  };
  const replacing = [KNOWN, ...names];
  const statements = tables.soft
    ? // A deleted row keeps its last known values.
      [
        ...put(rows.of('upsert', 'dead letter', 'delete dead letter'), replacing),
        ...put(rows.of('delete'), []),
      ]
    : put(rows.changes, replacing);
  return [...statements, ...replaceDeadLetters(rows, tables.number, into, hasDeadLetters)];
}

/** Whether a key of the batch may be too long for an index. */
export function hasLongKey({ columns, changes }: ChangeBatch): boolean {
  const positions = columns.flatMap((column, i) => (isKey(column) ? [i] : []));
  return changes.some((change) => {
    if (change.action === 'delete dead letter') return false;
    if (change.action === 'upsert') return isLongKey(positions.map((i) => change.cells[i] ?? null));
    return change.key !== undefined && isLongKey(change.key);
  });
}

export function hasDeadLetter({ changes }: ChangeBatch): boolean {
  return changes.some(({ action }) => action === 'dead letter');
}

/** Any change of a key removes its dead letter. A change that is a dead letter adds it. */
function replaceDeadLetters(
  rows: BatchParameters,
  number: number,
  stage: 'visible' | 'changes' | 'lines',
  hasDeadLetters: boolean,
): readonly Statement[] {
  const counted = (statement: Statement, delta: string) =>
    stage === 'visible' ? counting('dead_letters', returning(statement, '1'), delta) : statement;
  const deadLetters = changedDeadLetters(rows.changes);
  return [
    ...(hasDeadLetters ? [counted(deleteDeadLettersOf(number, stage, rows.digests()), '-count(*)')] : []),
    ...(deadLetters.length > 0 ? [counted(insertDeadLetters(number, stage, deadLetters), 'count(*)')] : []),
  ];
}

function returning({ sql, values }: Statement, returned: string): Statement {
  return { sql: `${sql} RETURNING ${returned}`, ...(values && { values }) };
}

function replaced(names: readonly string[]): string {
  return names.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', ');
}
