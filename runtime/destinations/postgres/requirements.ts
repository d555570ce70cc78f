import { finalMessage, ReplicatorError } from '../../errors';
import type { CheckedTable, DestinationRequirement } from '../destination';
import { DestinationUnavailable, DestinationUnusable } from '../errors';
import { readFormat } from '../relational/format';
import { quote } from '../relational/sql';
import { BOOKKEEPING, bookkeepingExists, schemaExists } from './bookkeeping';
import { LEAST_CONNECTIONS } from './connection/pool';
import type { PostgresServer } from './connection/server';
import type { ServerFacts } from './connection/server-facts';
import { Session } from './connection/session';
import { ownConnections, spareConnections } from './connection/spare-connections';
import type { Transaction } from './connection/transaction';
import { requirement, tableRequirements } from './table-requirements';
import { DEFAULT_SCHEMA } from './tables';

const LEAST_VERSION = 140_000;

/** @throws DestinationUnusable, DestinationUnavailable when nobody can write to this server */
export async function requireUsable({ facts }: Transaction): Promise<void> {
  const { version, encoding, readOnly } = serverRequirements(facts);
  const unmet = [version, encoding].find(({ met }) => !met);
  if (unmet) throw new DestinationUnusable(`${unmet.found}. ${unmet.fix ?? ''}`);
  if (!readOnly.met) throw new DestinationUnavailable(`${readOnly.found}. ${readOnly.fix ?? ''}`);
}

/** Checks each thing that a run into these tables needs. Rolls back whatever it tried. */
export async function checkRequirements(
  server: PostgresServer,
  targets: readonly CheckedTable[],
): Promise<readonly DestinationRequirement[]> {
  const session = new Session(server);
  const reachable = `${server.location} reachable`;
  try {
    return await inTransaction(session, async (transaction) => {
      const { facts } = transaction;
      const { version, encoding, readOnly } = serverRequirements(facts);
      const found = `PostgreSQL ${facts.versionText}, database ${facts.database}, as role ${facts.user}`;
      const lines: DestinationRequirement[] = [{ requirement: reachable, met: true, found, fix: undefined }];
      lines.push(encryption(server, facts), version, encoding, readOnly);
      if (facts.pooled) lines.push(POOLER);
      lines.push(await connections(transaction, needed(server, targets.length)));
      if (!readOnly.met) return lines;
      const own = await schemaRequirement(transaction, BOOKKEEPING);
      lines.push(own);
      if (own.met) lines.push(...(await unreadableBookkeeping(transaction)));
      const schemas = new Set(targets.map(({ schema }) => schema ?? DEFAULT_SCHEMA));
      for (const schema of schemas) lines.push(await schemaRequirement(transaction, schema));
      // The bookkeeping records which tables belong to the replicator.
      if (own.met)
        for (const target of targets) lines.push(...(await tableRequirements(transaction, target)));
      return lines;
    });
  } catch (error) {
    if (!(error instanceof ReplicatorError)) throw error;
    return [{ requirement: reachable, met: false, found: finalMessage(error), fix: undefined }];
  } finally {
    await session.close();
  }
}

/** Nothing unless somebody changed the row of the format, or a later version did. */
async function unreadableBookkeeping(transaction: Transaction): Promise<readonly DestinationRequirement[]> {
  if (!(await bookkeepingExists(transaction))) return [];
  try {
    await readFormat(transaction, BOOKKEEPING);
    return [];
  } catch (error) {
    if (!(error instanceof DestinationUnusable)) throw error;
    return [requirement(`bookkeeping of schema ${BOOKKEEPING} readable`, false, error.message, '')];
  }
}

/** Runs work that may try things, and rolls it back. */
async function inTransaction<T>(
  session: Session,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = await session.begin();
  try {
    return await work(transaction);
  } finally {
    await transaction.rollback();
  }
}

function serverRequirements({ version, versionText, encoding, readOnly }: ServerFacts) {
  return {
    version: requirement(
      'PostgreSQL 14 or newer',
      version >= LEAST_VERSION,
      `the server is PostgreSQL ${versionText}`,
      'Upgrade it to PostgreSQL 14 or newer, or use another server with --to.',
    ),
    encoding: requirement(
      'database in UTF-8',
      encoding === 'UTF8',
      `the database's encoding is ${encoding}`,
      `CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0; and use that database with --to.`,
    ),
    readOnly: requirement(
      'server accepts writes',
      !readOnly,
      readOnly ? 'the server is a standby, or read-only' : '',
      `Give --to the address of the writer, not of a replica (and check SHOW default_transaction_read_only;).`,
    ),
  };
}

function encryption({ settings }: PostgresServer, { tls }: ServerFacts): DestinationRequirement {
  const checked = { 'verify-full': 'authority and name', 'verify-ca': 'authority', require: undefined }[
    settings.tls as 'require'
  ];
  const found =
    tls === undefined
      ? 'none (--postgres-tls disable, or the server is on this machine)'
      : `${tls}, the server's certificate ${checked === undefined ? 'not checked' : `checked: ${checked}`}`;
  return { requirement: 'connection encryption as configured', met: true, found, fix: undefined };
}

const POOLER: DestinationRequirement = {
  requirement: 'works through the connection pooler',
  met: true,
  found: 'transaction pooling is enough; a second replicator of a pipeline is not refused but takes over',
  fix: undefined,
};

/**
 * The most connections that a run into this many tables opens: one for locks, one for checks, and for each table one
 * to write and one to load.
 */
function needed({ settings }: PostgresServer, tables: number): number {
  return Math.min(settings.connections, 2 + 2 * tables);
}

async function connections(transaction: Transaction, least: number): Promise<DestinationRequirement> {
  // This connection is in use now, and will be free. Those of a running replicator are part of what a run needs.
  const own = Math.min(least, await ownConnections(transaction));
  const spare = (await spareConnections(transaction)) + Math.max(1, own);
  return requirement(
    `at least ${least} free connections`,
    spare >= least,
    `${spare}`,
    `${useFewerOrRaise(spare)} max_connections, or ALTER ROLE ${quote(transaction.facts.user)} CONNECTION LIMIT -1;`,
  );
}

function useFewerOrRaise(spare: number): string {
  return spare < LEAST_CONNECTIONS ? 'Raise' : `Use fewer with --postgres-connections ${spare}, or raise`;
}

async function schemaRequirement(transaction: Transaction, schema: string): Promise<DestinationRequirement> {
  const name = `schema ${schema} usable`;
  const role = quote(transaction.facts.user);
  if (!(await schemaExists(transaction, schema))) {
    const [row] = await transaction.rows(
      `SELECT has_database_privilege(current_database(), 'CREATE') AS may_create`,
    );
    const mayCreate = row?.['may_create'] === 't';
    return requirement(
      name,
      mayCreate,
      mayCreate ? 'the first run creates it' : 'it does not exist, and the role may not create it',
      `CREATE SCHEMA ${quote(schema)} AUTHORIZATION ${role};`,
    );
  }
  const [row] = await transaction.rows(
    `SELECT has_schema_privilege($1, 'USAGE') AS usage, has_schema_privilege($1, 'CREATE') AS create`,
    [schema],
  );
  const missing = ['usage', 'create'].filter((privilege) => row?.[privilege] !== 't').map(upper);
  return requirement(
    name,
    missing.length === 0,
    missing.length === 0 ? 'USAGE and CREATE' : `the role lacks ${missing.join(' and ')} on it`,
    `GRANT ${missing.join(', ')} ON SCHEMA ${quote(schema)} TO ${role};`,
  );
}

function upper(text: string): string {
  return text.toUpperCase();
}
