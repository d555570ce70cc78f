import type { TableName } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';

/** Source: PostgreSQL manual, "pg_class". */
const RELATIONS: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  S: 'sequence',
  i: 'index',
  I: 'partitioned index',
  c: 'composite type',
};
/** Source: PostgreSQL manual, "pg_type". */
const TYPES: Readonly<Record<string, string>> = {
  e: 'enum type',
  d: 'domain',
  r: 'range type',
  m: 'multirange type',
};

/** `a view`, `an index`. */
export function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

/**
 * The kind of object that has a name which a table is to get: `table`, or any other kind that excludes a table. A
 * table also creates a type of its name, so types conflict too, except array types, which PostgreSQL renames.
 */
export async function holderOfName(
  transaction: Transaction,
  { schema, table }: TableName,
): Promise<string | undefined> {
  const [holder] = await transaction.rows(
    `SELECT relkind AS relation, NULL AS type FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = $1 AND c.relname = $2
     UNION ALL SELECT NULL, typtype FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
       WHERE n.nspname = $1 AND t.typname = $2 AND t.typrelid = 0 AND NOT (t.typcategory = 'A' AND t.typelem <> 0)`,
    [schema, table],
  );
  if (holder === undefined) return undefined;
  const { relation, type } = holder;
  return (relation === null ? TYPES[String(type)] : RELATIONS[String(relation)]) ?? 'type';
}
