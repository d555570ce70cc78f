import { Buffer } from 'node:buffer';
import type { LeaseOptions, TableTarget } from '../destination';
import { DestinationTableReplaced, DestinationTableTaken } from '../errors';
import { registered as registeredAs } from '../relational/registration';
import type { Registry } from '../relational/registry';
import { quote, type TableName } from '../relational/sql';
import { reservedProblem } from '../relational/target';
import { BOOKKEEPING, LOCKS, type PostgresPipelineRow, readState, schemaExists } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { postgresDialect } from './dialect';
import { holderOfName, withArticle } from './objects/name-holder';
import { DEFAULT_SCHEMA, PostgresTables } from './tables';

/** Source: PostgreSQL manual, "The System Catalog Schema" and "The Information Schema". */
const SYSTEM_SCHEMAS = /^(?:pg_.*|information_schema)$/s;

/** The problem with the name of a table, if it has one. */
export function nameProblem(name: TableName): string | undefined {
  const { maxBytes } = postgresDialect.identifiers;
  const long = [name.schema, name.table].find((part) => Buffer.byteLength(part) > maxBytes);
  if (long === undefined) return reservedProblem(name, SYSTEM_SCHEMAS);
  return `"${long}" has ${Buffer.byteLength(long)} bytes, and a PostgreSQL name may have at most ${maxBytes}`;
}

export const REGISTRY: Registry<Transaction, PostgresPipelineRow, PostgresTables> = {
  bookkeeping: BOOKKEEPING,
  dialect: postgresDialect,
  defaultSchema: DEFAULT_SCHEMA,
  elsewhere: 'another database with --to',
  change: (statement) =>
    `To rename it: ${statement} The replicator loads the new table within a minute of that.`,
  tablesOf: (target, number) => new PostgresTables(target, number),
  nameProblem,
  readState,
  isNameTaken: async (transaction, name) => (await holderOfName(transaction, name)) !== undefined,
  async createSchema(transaction, schema) {
    // Checked first: "IF NOT EXISTS" requires the privilege to create schemas even where the schema exists.
    if (!(await schemaExists(transaction, schema))) await transaction.run(`CREATE SCHEMA ${quote(schema)}`);
  },
};

/**
 * The tables of a pipeline. Registers a new one.
 * @throws DestinationTableTaken, DestinationUnusable, ChangedByHand
 */
export async function registered(
  transaction: Transaction,
  target: TableTarget,
  options?: LeaseOptions,
): Promise<PostgresTables> {
  const { pipeline } = target;
  let known = await readState(transaction, pipeline);
  if (known === undefined) {
    await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
    known = await readState(transaction, pipeline);
  }
  await requireTableName(transaction, target, known?.published === true);
  const { tables } = await registeredAs(transaction, target, known, REGISTRY, options);
  // The first head: of a new pipeline, or of one whose head somebody deleted. Its table is then reloaded.
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.heads SELECT number, 0, NULL, 0, 0 FROM ${BOOKKEEPING}.pipelines p
       WHERE pipeline = $1 AND NOT EXISTS (SELECT FROM ${BOOKKEEPING}.heads h WHERE h.number = p.number)`,
    [pipeline],
  );
  return tables;
}

/** @throws DestinationTableTaken, DestinationTableReplaced when a view, type or other object has the name of the table */
async function requireTableName(
  transaction: Transaction,
  target: TableTarget,
  published: boolean,
): Promise<void> {
  const name = new PostgresTables(target, 0).name('visible');
  if (nameProblem(name) !== undefined) return;
  const holder = await holderOfName(transaction, name);
  if (holder === undefined || holder === 'table') return;
  if (!published) throw new DestinationTableTaken(name.table, undefined, holder);
  throw new DestinationTableReplaced(`${name.schema}.${name.table}`, withArticle(holder));
}
