import { sentence } from '../../../errors';
import type { Failure, Rule, ServerRule } from './fault-rule';

/** The server's message. If that may quote values of rows, the names in the error. */
const server = ({ message, server: error }: Failure) =>
  error?.hasWords === false
    ? `${sentence(message)} The server's log has the full message, which may quote values.`
    : `PostgreSQL reported: ${sentence(message)}`;

const READ_ONLY: Omit<Rule, 'codes'> = {
  fatal: false,
  endsConnection: true,
  message: (f) =>
    `${f.location} accepts no writes: it is a standby or a replaced primary. ${server(f)} Retrying. If that does not help, ` +
    `give the writer's address in --to.`,
};

/**
 * Errors of the server by SQLSTATE. The first rule that matches decides. Source: PostgreSQL manual, appendix
 * "PostgreSQL Error Codes".
 */
export const SERVER_RULES: readonly ServerRule[] = [
  {
    codes: ['28P01'],
    fatal: 'at first',
    message: (f) =>
      `${f.location} rejected the password. ${server(f)} Check the user, and DYNAMODB_REPLICATOR_POSTGRES_PASSWORD, ` +
      `--postgres-password-file or --postgres-password-secret.`,
  },
  {
    codes: ['28'],
    fatal: 'at first',
    message: (f) =>
      `${f.location} rejected the login. ${server(f)} Check user and database, that the role may log in (ALTER ROLE … LOGIN), ` +
      `and that pg_hba.conf or the security group allows this machine, with or without TLS as in --postgres-tls.`,
  },
  {
    codes: ['3D000'],
    fatal: 'at first',
    message: (f) =>
      `${server(f)} Create it on the server (CREATE DATABASE …;), or use another one with --to.`,
  },
  {
    codes: ['53300'],
    fatal: false,
    message: (f) =>
      `${f.location} has no connection left. ${server(f)} Raise max_connections or the role's CONNECTION LIMIT, put a ` +
      `pooler in front, or use fewer with --postgres-connections (at least 4). Retrying.`,
  },
  {
    codes: ['57P03'],
    fatal: false,
    endsConnection: true,
    message: (f) => `${f.location} is starting, stopping or recovering. ${server(f)} Retrying.`,
  },
  {
    codes: ['57P01', '57P02', '57P05', '25P03', '25P04'],
    fatal: false,
    endsConnection: true,
    message: (f) => `${f.location} ended the connection. ${server(f)} Retrying.`,
  },
  {
    codes: ['57P04'],
    fatal: true,
    endsConnection: true,
    message: (f) =>
      `The database was dropped. ${server(f)} There is nothing to continue from. Create it and run the replicator again.`,
  },
  {
    codes: ['57014'],
    fatal: false,
    message: (f) => `A statement was canceled on ${f.location}. ${server(f)} Retrying.`,
  },
  { ...READ_ONLY, codes: ['25006'] },
  // The answer of a standby to a transaction that begins in read-write mode.
  { ...READ_ONLY, codes: ['0A000'], standby: true },
  {
    codes: ['40'],
    fatal: false,
    message: (f) => `A transaction on ${f.location} conflicted with another one. ${server(f)} Retrying.`,
  },
  {
    codes: ['55P03'],
    fatal: false,
    message: (f) =>
      `Another session holds a lock that the replicator needs on a table of ${f.location}. ${server(f)} Retrying; to see who: ` +
      `SELECT pid, usename, state, query FROM pg_stat_activity WHERE pid = ANY (SELECT pid FROM pg_locks WHERE granted AND ` +
      `relation IS NOT NULL);`,
  },
  {
    codes: ['53100', '58030'],
    fatal: false,
    message: (f) =>
      `${f.location} cannot write to its disk. ${server(f)} Free or add space there. The replicator then continues ` +
      `from its last commit.`,
  },
  {
    codes: ['53200'],
    fatal: false,
    message: (f) =>
      `${f.location} ran out of memory. ${server(f)} Retrying. If it keeps happening, lower work_mem or maintenance_work_mem, or ` +
      `give the server more memory.`,
  },
  {
    codes: ['42501'],
    activity: 'connect',
    fatal: 'at first',
    message: (f) => `${server(f)} Allow it: GRANT CONNECT ON DATABASE … TO …;`,
  },
  {
    codes: ['42501'],
    fatal: 'at first',
    message: (f) =>
      `The role lacks a privilege on ${f.location}. ${server(f)} To see all that it needs, with the statements that grant ` +
      `it: dynamodb-replicator check`,
  },
  {
    codes: ['23505'],
    inOwnSchema: true,
    fatal: false,
    message: (f) =>
      `Another session has just written the same row to the replicator's own tables on ${f.location}. ${server(f)} Retrying.`,
  },
  {
    codes: ['23', '44'],
    fatal: true,
    message: (f) =>
      `A constraint that was added by hand on ${f.location} rejects rows of the source. ${server(f)} Drop it and start ` +
      `the replicator again.`,
  },
  {
    codes: ['09', '27', '2F', '38', '39', 'HV', 'P0'],
    fatal: true,
    message: (f) =>
      `A trigger or function that was added by hand on ${f.location} rejects rows of the source. ${server(f)} Drop or fix ` +
      `it and start the replicator again.`,
  },
  {
    codes: ['2BP01', '0A000'],
    fatal: true,
    message: (f) =>
      `A table on ${f.location} cannot be changed because other objects depend on it. ${server(f)} Drop them, start the ` +
      `replicator again, then create them again.`,
  },
  {
    codes: ['42P01', '42703', '42704', '42883', '42P07', '42701', '3F000', '42804', '42P10'],
    fatal: true,
    message: (f) =>
      `A table or schema of the replicator was changed by hand on ${f.location}. ${server(f)} Undo that change: ` +
      `"dynamodb-replicator check" names the table or column and prints the statement. Or load into another database with --to.`,
  },
  {
    codes: ['XX001', 'XX002'],
    fatal: true,
    message: (f) =>
      `${f.location} reports damaged data. ${server(f)} Restore it from a backup, or load into another database with --to.`,
  },
  {
    codes: ['08'],
    fatal: false,
    endsConnection: true,
    message: (f) => `The connection to ${f.location} broke. ${server(f)} Retrying.`,
  },
  {
    codes: ['53', '55', '57', '58', 'F0', 'XX'],
    fatal: false,
    message: (f) => `${f.location} failed. ${server(f)} Retrying.`,
  },
  {
    // A session whose state is not what our statements left: a pooler shares it, or an earlier failure left something
    // behind.
    codes: ['0B', '24', '25', '26', '2D', '34', '3B'],
    fatal: false,
    endsConnection: true,
    message: (f) =>
      `A session on ${f.location} was changed from outside. ${server(f)} Retrying on a new connection. Behind a ` +
      `pooler, set its pool_mode to transaction or session.`,
  },
  {
    codes: ['54'],
    fatal: true,
    message: (f) =>
      `A limit of ${f.location} was reached. ${server(f)} If the table has very many columns, set "columns": "document" and replicate ` +
      `into another table with --destination-table.`,
  },
  {
    // An error in the statement or its values does not go away by sending it again.
    codes: ['02', '03', '0A', '0F', '0L', '0P', '0Z', '10', '20', '21', '22', '2B', '3D', '3F', '42'],
    fatal: true,
    message: (f) =>
      `${f.location} rejected a statement of the replicator (${f.code}). ${server(f)} The server's log has the statement; ` +
      `update the replicator, or load into another database with --to.`,
  },
];
