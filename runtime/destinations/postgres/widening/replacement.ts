import { DestinationUnusable } from '../../errors';
import { readColumns } from '../../relational/bookkeeping';
import { own, quote } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';
import { lockOutReaders } from '../locks';
import { rowsDropped } from '../objects/rows-dropped';
import { textArray } from '../rows/arrays';
import { storageOf } from '../storage';
import type { Conversion, PostgresTables } from '../tables';
import { toJson } from '../types';

/** A column of the visible table that becomes jsonb, and the new column that replaces it. */
export interface Replacement extends Conversion {
  readonly by: string;
}

const PREFIX = own('widening_');
/** The prefix in 0.1.0, which may have been ended during a widening. */
const EARLIER_PREFIX = '__widening_';

/** Whether a column has the name of a replacement. An attribute's column may have the earlier prefix too. */
export function isReplacementName(name: string): boolean {
  return name.startsWith(PREFIX) || name.startsWith(EARLIER_PREFIX);
}

/** @throws DestinationUnusable naming the views, indexes and other objects that a change of the columns' type would break */
export async function refuseWhatIsBuiltOn(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Conversion[],
): Promise<void> {
  const names = columns.map(({ name }) => name);
  const rows = await transaction.rows(
    `SELECT DISTINCT CASE d.classid WHEN 'pg_rewrite'::regclass
         THEN (SELECT format('view %s', ev_class::regclass) FROM pg_rewrite WHERE oid = d.objid)
         ELSE pg_describe_object(d.classid, d.objid, d.objsubid) END AS what
       FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
       WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = $1::regclass AND a.attname = ANY ($2::text[])
       ORDER BY what`,
    [tables.sql('visible'), textArray(names)],
  );
  if (rows.length === 0) return;
  throw new DestinationUnusable(
    `Column ${names.join(', ')} of table ${tables.target.table} now holds values of several types and must become jsonb, but ` +
      `other objects depend on it: ${rows.map(({ what }) => what).join(', ')}. Drop them, start the replicator again, then ` +
      `create them again for jsonb.`,
  );
}

/** No attribute's column can have the names of the replacements (`RESERVED_PREFIX`). */
export async function addReplacements(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Conversion[],
  signal: AbortSignal | undefined,
): Promise<readonly Replacement[]> {
  const replacements = columns.map((column, i): Replacement => ({ ...column, by: `${PREFIX}${i}` }));
  const compression = transaction.facts.lz4 ? ' COMPRESSION lz4' : '';
  const added = replacements.map(({ by }) => `ADD COLUMN ${quote(by)} jsonb${compression}`);
  await lockOutReaders(transaction, tables.name('visible'), signal);
  await transaction.run(`ALTER TABLE ${tables.sql('visible')} ${added.join(', ')}`);
  return replacements;
}

/** The pages of the visible table. Rows that are written from now on go behind them, or have been converted already. */
export async function pagesOf(transaction: Transaction, tables: PostgresTables): Promise<number> {
  const [row] = await transaction.rows(
    `SELECT pg_relation_size($1::regclass) / current_setting('block_size')::bigint AS pages`,
    [tables.sql('visible')],
  );
  return Number(row?.['pages']);
}

export async function convertPages(
  transaction: Transaction,
  tables: PostgresTables,
  replacements: readonly Replacement[],
  from: number,
  before: number,
): Promise<void> {
  await convert(
    transaction,
    tables,
    replacements,
    `ctid >= '(${from},0)'::tid AND ctid < '(${before},0)'::tid AND`,
  );
}

/**
 * Converts rows that somebody else wrote meanwhile, which nobody should. The lock excludes any more of them.
 * @throws DestinationUnusable when a trigger dropped the conversion of a row, whose value would be lost
 */
export async function convertRest(
  transaction: Transaction,
  tables: PostgresTables,
  replacements: readonly Replacement[],
): Promise<void> {
  await transaction.run(`LOCK TABLE ${tables.sql('visible')} IN SHARE ROW EXCLUSIVE MODE`);
  await convert(transaction, tables, replacements, '');
  if ((await storageOf(transaction, tables.name('visible')))?.acted !== true) return;
  const [dropped] = await transaction.rows(
    `SELECT FROM ${tables.sql('visible')} WHERE ${missingIn(replacements)} LIMIT 1`,
  );
  if (dropped === undefined) return;
  const columns = await readColumns(transaction, tables.ownRows);
  throw await rowsDropped(transaction, [tables.name('visible')], columns);
}

async function convert(
  transaction: Transaction,
  tables: PostgresTables,
  replacements: readonly Replacement[],
  where: string,
): Promise<void> {
  const assignments = replacements.map(({ name, from, by }) => `${quote(by)} = ${toJson(quote(name), from)}`);
  await transaction.run(
    `UPDATE ${tables.sql('visible')} SET ${assignments.join(', ')} WHERE ${where} (${missingIn(replacements)})`,
  );
}

/** True for a row whose value has not been converted. */
function missingIn(replacements: readonly Replacement[]): string {
  return replacements
    .map(({ name, by }) => `(${quote(name)} IS NOT NULL AND ${quote(by)} IS NULL)`)
    .join(' OR ');
}

/** Drops the columns, and gives their names, privileges and comments to the replacements. */
export async function takePlaces(
  transaction: Transaction,
  tables: PostgresTables,
  replacements: readonly Replacement[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const visible = tables.sql('visible');
  await lockOutReaders(transaction, tables.name('visible'), signal);
  const restoring = await transaction.rows(
    `SELECT format('GRANT %s (%I) ON TABLE %s TO %s%s', acl.privilege_type, a.attname, $1::text,
         CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END,
         CASE WHEN acl.is_grantable THEN ' WITH GRANT OPTION' END) AS statement
       FROM pg_attribute a, aclexplode(a.attacl) AS acl WHERE a.attrelid = $1::regclass AND a.attname = ANY ($2::text[])
     UNION ALL
     SELECT format('COMMENT ON COLUMN %s.%I IS %L', $1::text, a.attname, col_description(a.attrelid, a.attnum))
       FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attname = ANY ($2::text[])
         AND col_description(a.attrelid, a.attnum) IS NOT NULL`,
    [visible, textArray(replacements.map(({ name }) => name))],
  );
  const drops = replacements.map(({ name }) => `DROP COLUMN ${quote(name)}`);
  await transaction.run(`ALTER TABLE ${visible} ${drops.join(', ')}`);
  for (const { name, by } of replacements) {
    await transaction.run(`ALTER TABLE ${visible} RENAME COLUMN ${quote(by)} TO ${quote(name)}`);
  }
  for (const { statement } of restoring) await transaction.run(String(statement));
}
