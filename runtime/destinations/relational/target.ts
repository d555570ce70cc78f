import type { KeySchema } from '../../item/attribute-value';
import type { Column } from '../../item/column';
import { isReservedName, RESERVED_PREFIX } from '../../item/reserved-names';
import type { TableTarget } from '../destination';
import { DestinationUnusable, KeyChanged } from '../errors';
import { recordedKey } from './recorded';
import { qualified, quote, type TableName } from './sql';
import type { SqlRow } from './transaction';

/** Texts for the messages of a destination. */
export interface TargetWords {
  readonly defaultSchema: string;
  /** Where else to load the pipeline: `another file with --to`. */
  readonly elsewhere: string;
  /** How to run a statement on a table so that the replicator continues, as a sentence. */
  readonly change: (statement: string) => string;
}

/** The schema of the bookkeeping tables. Names in any case match it. */
export const OWN_SCHEMA = '_replicator';

/** The fix for a name that a table cannot have. */
export const RENAME = 'Choose another name with --destination-table or --destination-schema.';

/**
 * Why a visible table cannot have this name, if it cannot.
 * @param systemSchemas pattern of schemas that belong to the engine
 */
export function reservedProblem({ schema, table }: TableName, systemSchemas: RegExp): string | undefined {
  if (schema.toLowerCase() === OWN_SCHEMA) return `schema ${schema} belongs to the replicator`;
  if (systemSchemas.test(schema)) return `schema ${schema} belongs to the database`;
  const reserved = [schema, table].find(isReservedName);
  if (reserved === undefined) return undefined;
  return `"${reserved}" begins with ${RESERVED_PREFIX}, which is reserved for the replicator`;
}

/** @throws DestinationUnusable when a visible table cannot have this name. @param problem the problem with it */
export function requireName({ schema, table }: TableName, problem: string | undefined): void {
  if (problem === undefined) return;
  throw new DestinationUnusable(`Table ${schema}.${table} cannot be written: ${problem}. ${RENAME}`);
}

/**
 * @throws DestinationUnusable when a pipeline would continue with another table or delete mode, or with columns whose
 * names were not reserved for the replicator in earlier versions
 */
export function requireSame(
  { recorded, columns }: { readonly recorded: MadeTarget; readonly columns: readonly Column[] },
  target: MadeTarget,
  words: TargetWords,
): void {
  requireSameTarget(recorded, target, words);
  requireFreeNames(columns, target.table, words);
}

function requireSameTarget(
  recorded: MadeTarget,
  target: MadeTarget,
  { defaultSchema, elsewhere }: TargetWords,
): void {
  const { pipeline } = target;
  const [before, now] = [recorded, target].map(
    ({ schema = defaultSchema, table }) => `${schema}.${table}`,
  ) as [string, string];
  if (before !== now) {
    throw new DestinationUnusable(
      `Pipeline ${pipeline} writes table ${before}, not ${now}. Set the schema and table back, or load into ` +
        `${elsewhere}.`,
    );
  }
  if (recorded.deletes !== target.deletes) {
    throw new DestinationUnusable(
      `Table ${recorded.table} was created with --deletes ${recorded.deletes}. Use that, or ${elsewhere}.`,
    );
  }
}

function requireFreeNames(columns: readonly Column[], table: string, { elsewhere }: TargetWords): void {
  const reserved = columns.find(({ name }) => isReservedName(name));
  if (reserved === undefined) return;
  throw new DestinationUnusable(
    `Column ${reserved.name} of table ${table} begins with ${RESERVED_PREFIX}, which is reserved for the replicator from this ` +
      `version on, so the column would get another name. Load the table into ${elsewhere}.`,
  );
}

/** What a pipeline was registered for. `undefined`: somebody changed it, and it cannot be read. */
export interface RecordedTarget extends TableIdentity {
  readonly keySchema: KeySchema | undefined;
  readonly deletes: TableTarget['deletes'] | undefined;
}

/** What names a pipeline and its table. */
type TableIdentity = Pick<TableTarget, 'pipeline' | 'schema' | 'table'>;

/** What the tables of a pipeline are created for. */
export type MadeTarget = TableIdentity & Pick<TableTarget, 'deletes'>;

/** @param row of the bookkeeping, with `schema_name`, `table_name`, `key_schema` and `deletes` */
export function recordedTarget(pipeline: string, row: SqlRow | undefined): RecordedTarget {
  const deletes = row?.['deletes'];
  return {
    pipeline,
    schema: String(row?.['schema_name']),
    table: String(row?.['table_name']),
    keySchema: recordedKey(String(row?.['key_schema'])),
    deletes: deletes === 'soft' || deletes === 'hard' ? deletes : undefined,
  };
}

export function isSameKey(recorded: KeySchema | undefined, key: KeySchema): boolean {
  return recorded !== undefined && describeKey(recorded) === describeKey(key);
}

/**
 * The error for a table with the key of an earlier source table.
 * @param source name of the source table
 * @param recorded the key of the earlier one
 * @param free a name that its table can get
 */
export function keyChanged(
  source: string,
  recorded: KeySchema,
  target: TableTarget,
  free: string,
  { defaultSchema, elsewhere, change }: TargetWords,
): KeyChanged {
  const { schema = defaultSchema, table } = target;
  const keys = {
    source,
    before: describeKey(recorded),
    now: describeKey(target.keySchema),
  };
  const rename = `ALTER TABLE ${qualified({ schema, table })} RENAME TO ${quote(free)};`;
  return new KeyChanged(
    `${schema}.${table}`,
    keys,
    `${change(rename)} Or load it into ${elsewhere}.`,
    rename,
  );
}

function describeKey({ partition, sort }: KeySchema): string {
  return [partition, ...(sort === undefined ? [] : [sort])]
    .map(({ name, type }) => `${name} ${type}`)
    .join(', ');
}
