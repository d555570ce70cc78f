import { RESERVED_PREFIX } from '../../../item/reserved-names';
import { isKey, OWN_COLUMNS } from '../../relational/columns';
import { qualified, quote } from '../../relational/sql';
import { isTrue } from '../../relational/transaction';
import { type Query, TABLE } from './query';
import type { Reason } from './table-object';

/** The SQLSTATEs with which an expression over values may fail. Any function may be in it. */
const OF_EXPRESSIONS = ['21', '22', '2F', '38', '39', '42', '54', 'P0', 'XX000'];
/** The size of an index row, which includes a few bytes of overhead. Source: PostgreSQL's BTMaxItemSize, BrinMaxItemSize. */
const MOST_BYTES: Readonly<Record<string, string>> = { btree: '2,704', brin: '8,152' };

/** Indexes of constraints are reported with the constraints. */
export const INDEXES: Query = {
  sql: `SELECT c.relname AS name, am.amname AS method, i.indisunique AS is_unique, pg_get_indexdef(c.oid) AS definition,
      i.indexprs IS NOT NULL OR i.indpred IS NOT NULL AS computes,
      EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid AND t.typlen = -1 AND t.typname <> 'numeric') AS may_be_long
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam
    WHERE i.indrelid = ${TABLE} AND NOT i.indisprimary AND NOT starts_with(c.relname, '${RESERVED_PREFIX}')
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = c.oid AND contype IN ('u', 'x')) ORDER BY 1`,
  object(row, { schema }) {
    const name = String(row['name']);
    const drop = `DROP INDEX ${qualified({ schema, table: name })};`;
    // `CREATE INDEX … ON … USING btree (note)`
    const [, columns] = /^.*? USING (.*)$/s.exec(String(row['definition'])) ?? [];
    const bytes = MOST_BYTES[String(row['method'])];
    const reasons: Reason[] = [];
    if (isTrue(row['is_unique'])) reasons.push(uniqueness(drop));
    if (isTrue(row['may_be_long'])) {
      reasons.push({
        codes: ['54'],
        because: `it cannot hold ${bytes === undefined ? 'every value' : `a value of more than ${bytes} bytes`}`,
        fix: `Drop it, or index a hash of the value instead: ${drop}`,
        ...(bytes !== undefined && { inCheck: 'may refuse' }),
      });
    }
    if (isTrue(row['computes']))
      reasons.push(computation(`Drop it, or make its expression accept any value: ${drop}`));
    return { label: `index ${quote(name)} (${columns})`, named: { constraint: name }, reasons };
  },
};

export const CONSTRAINTS: Query = {
  sql: `SELECT conname AS name, contype AS type, pg_get_constraintdef(oid) AS definition, conrelid::regclass AS on_table,
      conrelid = ${TABLE} AS is_own
    FROM pg_constraint WHERE (conrelid = ${TABLE} AND contype IN ('c', 'f', 'u', 'x'))
      OR (confrelid = ${TABLE} AND contype = 'f') ORDER BY 1`,
  object(row) {
    const name = String(row['name']);
    const drop = `ALTER TABLE ${row['on_table']} DROP CONSTRAINT ${quote(name)};`;
    const isOwn = isTrue(row['is_own']);
    const reasons: Readonly<Record<string, readonly Reason[]>> = {
      c: [refusing('23514', 'it refuses rows that violate it', drop), computation(`Drop it: ${drop}`)],
      f: [
        isOwn
          ? refusing('23503', 'it refuses rows whose counterpart is not yet in the other table', drop)
          : refusing('23503', 'it refuses to delete rows that the other table refers to', drop),
      ],
      u: [uniqueness(drop)],
      x: [refusing('23P01', 'it refuses rows that exclude each other', drop)],
    };
    return {
      label: `constraint ${quote(name)} (${row['definition']})${isOwn ? '' : ` of table ${row['on_table']}`}`,
      named: { constraint: name },
      reasons: reasons[String(row['type'])] ?? [],
    };
  },
};

export const COLUMNS: Query = {
  sql: `SELECT a.attname AS name, a.attgenerated <> '' AS computes, pg_get_expr(d.adbin, d.adrelid) AS expression,
      a.atthasdef OR a.attidentity <> '' AS has_default
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = ${TABLE} AND a.attnum > 0 AND NOT a.attisdropped AND (a.attnotnull OR a.attgenerated <> '')
    ORDER BY a.attnum`,
  object(row, table, columns) {
    const name = String(row['name']);
    const recorded = columns.find((column) => column.name === name);
    const isOwn = Object.values<string>(OWN_COLUMNS).includes(name);
    if (isOwn || (recorded !== undefined && isKey(recorded))) return undefined;
    const alter = `ALTER TABLE ${qualified(table)}`;
    if (isTrue(row['computes'])) {
      return {
        label: `generated column ${quote(name)} (${row['expression']})`,
        named: { column: name },
        reasons: [
          computation(
            `Drop it, or make its expression accept any value: ${alter} DROP COLUMN ${quote(name)};`,
          ),
        ],
      };
    }
    const fix = `Allow NULL: ${alter} ALTER COLUMN ${quote(name)} DROP NOT NULL;`;
    const isAdditional = recorded === undefined;
    if (isAdditional && isTrue(row['has_default'])) return undefined;
    return {
      label: `column ${quote(name)}, which is NOT NULL`,
      named: { column: name },
      reasons: [
        isAdditional
          ? {
              codes: ['23502'],
              because: 'it belongs to no attribute and has no default',
              fix,
              inCheck: 'refuses',
            }
          : {
              codes: ['23502'],
              because: 'it refuses items without the attribute',
              fix,
              inCheck: 'may refuse',
            },
      ],
    };
  },
};

function refusing(code: string, because: string, drop: string): Reason {
  return { codes: [code], because, fix: `Drop it: ${drop}`, inCheck: 'may refuse' };
}

function uniqueness(drop: string): Reason {
  return refusing('23505', 'it refuses equal values, which DynamoDB allows', drop);
}

function computation(fix: string): Reason {
  const because = 'its expression is evaluated for every row, and may fail';
  return { codes: OF_EXPRESSIONS, because, fix, inCheck: 'may refuse' };
}
