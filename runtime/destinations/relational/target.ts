import type { Column } from '../../item/column';
import { isReservedName, RESERVED_PREFIX } from '../../item/reserved-names';
import type { TableTarget } from '../destination';
import { DestinationUnusable } from '../errors';
import type { TableName } from './sql';
import type { SqlRow } from './transaction';

/** What a destination's messages say. */
export interface TargetWords {
  readonly defaultSchema: string;
  /** Where else the pipeline may be loaded: `another file with --to`. */
  readonly elsewhere: string;
}

/** The schema of the replicator's own tables, in any case. */
export const OWN_SCHEMA = '_replicator';

/** What to do about a name that a table cannot have. */
export const RENAME = 'Choose another one with --destination-table or --destination-schema.';

/**
 * Why a table of users cannot have such a name, if it cannot.
 * @param systemSchemas pattern of schemas that the engine keeps for itself
 */
export function reservedProblem({ schema, table }: TableName, systemSchemas: RegExp): string | undefined {
  if (schema.toLowerCase() === OWN_SCHEMA) return `schema ${schema} is the replicator's own`;
  if (systemSchemas.test(schema)) return `schema ${schema} is the database's own`;
  const reserved = [schema, table].find(isReservedName);
  if (reserved === undefined) return undefined;
  return `"${reserved}" begins with ${RESERVED_PREFIX}, as the replicator's own names do`;
}

/** @throws DestinationUnusable when a table of users cannot have such a name. @param problem what is wrong with it */
export function requireName({ schema, table }: TableName, problem: string | undefined): void {
  if (problem === undefined) return;
  throw new DestinationUnusable(`Table ${schema}.${table} cannot be written: ${problem}. ${RENAME}`);
}

/**
 * @throws DestinationUnusable when a pipeline would go on with another table, key or way of deleting, or with columns whose
 * names were not kept for the replicator before
 */
export function requireSame(
  { recorded, columns }: { readonly recorded: TableTarget; readonly columns: readonly Column[] },
  target: TableTarget,
  words: TargetWords,
): void {
  requireSameTarget(recorded, target, words);
  requireFreeNames(columns, target.table, words);
}

function requireSameTarget(
  recorded: TableTarget,
  target: TableTarget,
  { defaultSchema, elsewhere }: TargetWords,
): void {
  const { pipeline } = target;
  const [before, now] = [recorded, target].map(
    ({ schema = defaultSchema, table }) => `${schema}.${table}`,
  ) as [string, string];
  if (before !== now) {
    throw new DestinationUnusable(
      `Pipeline ${pipeline} writes table ${before} already, not ${now}: set the schema and table back, or load into ` +
        `${elsewhere}.`,
    );
  }
  const keys = [recorded, target].map(({ keySchema }) => describeKey(keySchema));
  if (keys[0] !== keys[1]) {
    throw new DestinationUnusable(
      `The source table of pipeline ${pipeline} has another key now (${keys[1]}, it was ${keys[0]}), so it is another ` +
        `table than the one in ${recorded.table}: load it into ${elsewhere}.`,
    );
  }
  if (recorded.deletes !== target.deletes) {
    throw new DestinationUnusable(
      `Table ${recorded.table} was begun with deletes: ${recorded.deletes}. Set that back, or load into ${elsewhere}.`,
    );
  }
}

function requireFreeNames(columns: readonly Column[], table: string, { elsewhere }: TargetWords): void {
  const reserved = columns.find(({ name }) => isReservedName(name));
  if (reserved === undefined) return;
  throw new DestinationUnusable(
    `Column ${reserved.name} of table ${table} begins with ${RESERVED_PREFIX}, as the replicator's own names do from this ` +
      `version on, and would get another name: load the table into ${elsewhere}.`,
  );
}

/** @param row of the bookkeeping, with `schema_name`, `table_name`, `key_schema` and `deletes` */
export function recordedTarget(pipeline: string, row: SqlRow | undefined): TableTarget {
  return {
    pipeline,
    schema: String(row?.['schema_name']),
    table: String(row?.['table_name']),
    keySchema: JSON.parse(String(row?.['key_schema'])) as TableTarget['keySchema'],
    deletes: row?.['deletes'] === 'soft' ? 'soft' : 'hard',
  };
}

function describeKey({ partition, sort }: TableTarget['keySchema']): string {
  return [partition, ...(sort === undefined ? [] : [sort])]
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ');
}
