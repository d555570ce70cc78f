import type { Cell, Column } from '../../item/column';
import { keyColumns, keyNames } from '../relational/columns';
import { columnList, equalOn, integer, own, qualified, quote, type TableName } from '../relational/sql';
import { isTrue } from '../relational/transaction';
import { BOOKKEEPING } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { lockOutReaders } from './locks';
import { identifyRows } from './replica-identity';
import { textArray } from './rows/arrays';
import { sqlType } from './types';

/**
 * Longer keys, in bytes, are never indexed directly. An index row holds 2,704 bytes, including a few of its own, and
 * a DynamoDB key may have 2,048 + 1,024. Source: PostgreSQL's BTMaxItemSize.
 */
const LONGEST_INDEXED_BYTES = 2_600;

/** What a table's unique index covers: the columns of its key, or a digest of them. */
export type KeyForm = 'columns' | 'digest';

/** Whether a key may be too long for an index. @param key the cells of its columns, in any order */
export function isLongKey(key: readonly Cell[]): boolean {
  let bytes = 0;
  for (const cell of key) {
    if (typeof cell === 'string') bytes += Buffer.byteLength(cell);
    else if (cell instanceof Uint8Array) bytes += cell.byteLength;
  }
  return isLongKeyOf(bytes);
}

export function isLongKeyOf(bytes: number): boolean {
  return bytes > LONGEST_INDEXED_BYTES;
}

/** `v."id" = s."id"`, in a form that an index of this form supports. */
export function sameKey(left: string, right: string, columns: readonly Column[], form: KeyForm): string {
  const same = equalOn(left, right, keyNames(columns));
  return form === 'columns' ? same : `${digest(columns, left)} = ${digest(columns, right)} AND ${same}`;
}

/** The conflict target of `ON CONFLICT`. */
export function conflictTarget(columns: readonly Column[], form: KeyForm): string {
  return form === 'columns' ? `(${columnList(keyNames(columns))})` : `((${digest(columns)}))`;
}

/** @param number the pipeline's, which makes the index name unique in the schema */
export async function addKey(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
  form: KeyForm,
  number: number,
): Promise<void> {
  await freeName(transaction, table, indexName(form, number));
  await transaction.run(keyStatement(table, columns, form, indexName(form, number)));
}

/** @param index its name; without it PostgreSQL chooses one */
function keyStatement(table: TableName, columns: readonly Column[], form: KeyForm, index?: string): string {
  const name = index === undefined ? '' : quote(index);
  if (form === 'digest') return `CREATE UNIQUE INDEX ${name} ON ${qualified(table)} ((${digest(columns)}))`;
  const constraint = index === undefined ? '' : `CONSTRAINT ${name} `;
  return `ALTER TABLE ${qualified(table)} ADD ${constraint}PRIMARY KEY (${columnList(keyNames(columns))})`;
}

/** The statement that adds the unique index of the visible table again, if somebody has dropped it. */
export async function missingKey(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
  number: number,
): Promise<string | undefined> {
  // Only such an index supports `ON CONFLICT`. Source: PostgreSQL manual, INSERT, "ON CONFLICT Clause".
  const [found] = await transaction.rows(
    `SELECT digest_key, EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid
           AND i.indimmediate AND i.indpred IS NULL AND CASE WHEN digest_key THEN i.indexprs IS NOT NULL
             ELSE i.indexprs IS NULL AND ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid
               AND a.attnum = ANY (i.indkey[0:i.indnkeyatts - 1]) ORDER BY 1) = ARRAY(SELECT unnest($3::text[]) ORDER BY 1)
             END) AS has_key,
         EXISTS (SELECT FROM pg_class o WHERE o.relnamespace = c.relnamespace AND o.relname =
           CASE WHEN digest_key THEN $4 ELSE $5 END) AS taken
       FROM ${BOOKKEEPING}.pipelines p, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE p.number = ${integer(number)} AND n.nspname = $1 AND c.relname = $2`,
    [
      table.schema,
      table.table,
      textArray(keyNames(columns)),
      indexName('digest', number),
      indexName('columns', number),
    ],
  );
  if (found === undefined || isTrue(found['has_key'])) return undefined;
  const form = isTrue(found['digest_key']) ? 'digest' : 'columns';
  // The index of a table that was renamed keeps its name.
  return `${keyStatement(table, columns, form, isTrue(found['taken']) ? undefined : indexName(form, number))};`;
}

/** If somebody renames a table of ours, its index keeps its name. This renames that index. */
async function freeName(
  transaction: Transaction,
  { schema, table }: TableName,
  index: string,
): Promise<void> {
  const [taken] = await transaction.rows(
    `SELECT i.indexrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class t ON t.oid = i.indrelid
       WHERE n.nspname = $1 AND c.relname = $2 AND t.relname <> $3`,
    [schema, index, table],
  );
  if (taken === undefined) return;
  const renamed = `${index}_${String(taken['indexrelid'])}`;
  await transaction.run(`ALTER INDEX ${qualified({ schema, table: index })} RENAME TO ${quote(renamed)}`);
}

/**
 * Replaces the primary key of a table by an index over digests. Others can read the table, except for a moment at the
 * end.
 * @throws DestinationUnavailable naming who holds the table, and the signal's reason
 */
export async function indexByDigest(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
  number: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  await addKey(transaction, table, columns, 'digest', number);
  await lockOutReaders(transaction, table, signal);
  await transaction.run(
    `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${quote(indexName('columns', number))}`,
  );
  await identifyRows(transaction, table, 'FULL');
}

function indexName(form: KeyForm, number: number): string {
  return form === 'columns' ? own(`key_${number}`) : own(`key_digest_${number}`);
}

/** SHA-256 over the key. For two columns it is over the digests of both, so no two keys give the same input. */
function digest(columns: readonly Column[], alias?: string): string {
  const digests = keyColumns(columns).map((column) => `sha256(${bytesOf(column, alias)})`);
  return digests.length === 1 ? (digests[0] as string) : `sha256(${digests.join(' || ')})`;
}

/**
 * The bytes of a column, from functions that an index may use. Text is cast as escaped bytea, where only the
 * backslash needs escaping.
 */
function bytesOf({ name, type }: Column, alias?: string): string {
  const column = alias === undefined ? quote(name) : `${alias}.${quote(name)}`;
  switch (sqlType(type)) {
    case 'bytea':
      return column;
    case 'numeric':
      return `trim_scale(${column})::text::bytea`;
    default:
      return `replace(${column}, E'\\\\', E'\\\\\\\\')::bytea`;
  }
}
