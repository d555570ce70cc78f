import type { Column } from '../../item/column';
import { comparedLetters, difference, type ComparedPart } from '../compared';
import type { Comparison } from '../destination';
import { keyColumns, keyNames } from '../recorded-columns';
import { columnList, equalOn, quote } from '../sql';
import { DEAD_LETTERS } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import type { PipelineTables } from './tables';
import type { Transaction } from './connection/transaction';
import { sqlType } from './types';

const { digest: DIGEST, deleted: DELETED } = OWN_COLUMNS;

/** Compares the visible table with the verify table, all rows and cells, as they stand at the transaction's begin. */
export async function compareTables(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<Comparison> {
  const rows = await compareRows(transaction, tables, columns, examples);
  const letters = await compareLetters(transaction, tables, examples - rows.examples.length);
  const [skipped] = await transaction.rows(`SELECT count(*) AS keys FROM ${tables.sql('changed keys')}`);
  return {
    rowsCompared: rows.rowsCompared + letters.rowsCompared,
    keysSkipped: Number(skipped?.['keys']),
    differences: rows.differences + letters.differences,
    examples: [...rows.examples, ...letters.examples],
  };
}

async function compareRows(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<ComparedPart> {
  const keys = keyNames(columns);
  const others = columns.filter(({ name }) => !keys.includes(name));
  const names = columnList(
    columns.map(({ name }) => name),
    't',
  );
  const side = (table: 'visible' | 'verify', condition: string) =>
    `(SELECT true AS present, ${names} FROM ${tables.sql(table)} t WHERE ${condition} NOT EXISTS
       (SELECT FROM ${tables.sql('changed keys')} c WHERE ${equalOn('t', 'c', keys)}))`;
  const joined = `${side('visible', tables.soft ? `NOT t.${DELETED} AND` : '')} v
    FULL JOIN ${side('verify', '')} n ON ${equalOn('v', 'n', keys)}`;
  const differs = others.map(({ name }) => `v.${quote(name)} IS DISTINCT FROM n.${quote(name)}`);
  const condition = ['v.present IS NULL', 'n.present IS NULL', ...differs].join(' OR ');
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
  );
  const differences = Number(counts?.['differing']);
  const part = { rowsCompared: Number(counts?.['compared']), differences };
  if (differences === 0 || examples <= 0) return { ...part, examples: [] };
  const keyTexts = keyColumns(columns).map(
    (column, i) => `coalesce(${keyText('v', column)}, ${keyText('n', column)}) AS key${i}`,
  );
  const flags = differs.map((differ, i) => `${differ} AS differs${i}`);
  const rows = await transaction.rows(
    `SELECT v.present AS here, n.present AS there, ${[...keyTexts, ...flags].join(', ')} FROM ${joined}
       WHERE ${condition} LIMIT ${examples}`,
  );
  return {
    ...part,
    examples: rows.map((row) => ({
      key: Object.fromEntries(keys.map((name, i) => [name, String(row[`key${i}`])])),
      ...difference(row, () => others.filter((_, i) => row[`differs${i}`] === 't').map(({ name }) => name)),
    })),
  };
}

async function compareLetters(
  transaction: Transaction,
  tables: PipelineTables,
  examples: number,
): Promise<ComparedPart> {
  const side = (stage: string) =>
    `(SELECT digest, key, item, true AS present FROM ${DEAD_LETTERS} d WHERE number = ${tables.number} AND
       stage = '${stage}' AND NOT EXISTS
         (SELECT FROM ${tables.sql('changed keys')} c WHERE c.${DIGEST} = d.digest))`;
  const joined = `${side('visible')} v FULL JOIN ${side('verify')} n ON v.digest = n.digest`;
  const condition = 'v.item IS DISTINCT FROM n.item';
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
  );
  const rows =
    examples <= 0
      ? []
      : await transaction.rows(
          `SELECT v.present AS here, n.present AS there, coalesce(v.key, n.key) AS key FROM ${joined}
             WHERE ${condition} LIMIT ${examples}`,
        );
  return comparedLetters(counts, rows);
}

/** A key column as text for people: bytes in base64. */
function keyText(alias: string, { name, type }: Column): string {
  const value = `${alias}.${quote(name)}`;
  switch (sqlType(type)) {
    case 'bytea':
      return `translate(encode(${value}, 'base64'), E'\\n', '')`;
    case 'numeric':
      return `trim_scale(${value})::text`;
    default:
      return value;
  }
}
