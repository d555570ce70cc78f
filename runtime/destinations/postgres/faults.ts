import { ReplicatorError } from '../../errors';
import { CommitOutcomeUnknown, DestinationUnavailable, DestinationUnusable } from '../errors';
import { OWN_SCHEMA } from '../target';

/** What was being done when PostgreSQL failed. */
export type Activity = 'connect' | 'statement' | 'commit';

/** Where and when it failed. */
export interface FaultContext {
  /** For people. */
  readonly location: string;
  readonly activity: Activity;
  /** This process has written here before: what is refused today may have been taken away for a while. */
  readonly established: boolean;
}

/** An error of the server's or the socket's, taken apart. */
interface Failure {
  /** SQLSTATE, the socket's or TLS's code, or empty. */
  readonly code: string;
  readonly message: string;
  /** Of the table that it is about, if any. */
  readonly schema?: string | undefined;
  readonly location: string;
}

interface Rule {
  /** SQLSTATEs, whole classes of them (two characters), or codes of a socket. */
  readonly codes: readonly string[];
  /** `at first`: fatal until this process has written here, from then on retried. */
  readonly fatal: boolean | 'at first';
  /** What the message is like too; of errors without SQLSTATE, the message or the code. */
  readonly pattern?: RegExp;
  /** The connection is of no use any more, or leads to the wrong server. */
  readonly endsConnection?: true;
  /** Of errors that name a schema, those of ours or the system's alone. */
  readonly inOwnSchema?: true;
  readonly says: (failure: Failure) => string;
}

/** Names of tables, schemas and types that are made at the same time meet in the system's. */
const OWN_SCHEMAS = [OWN_SCHEMA, 'pg_catalog'];

const server = ({ message }: Failure) => `PostgreSQL says: ${sentence(message)}`;

const READ_ONLY: Omit<Rule, 'codes'> = {
  fatal: false,
  endsConnection: true,
  says: (f) =>
    `${f.location} takes no writes: a standby, or a primary that was replaced. ${server(f)} It is connected anew; if that does ` +
    `not help, name the writer's address in --to.`,
};

/**
 * The fault table: the first rule that matches decides. Sources: PostgreSQL manual, appendix "PostgreSQL Error Codes";
 * Node.js documentation, "Common system errors" and "TLS: X509 certificate error codes"; messages of the driver pg 8.23.
 */
const RULES: readonly Rule[] = [
  {
    codes: ['28P01'],
    fatal: 'at first',
    says: (f) =>
      `${f.location} refuses the password. ${server(f)} Check the user, and DYNAMODB_REPLICATOR_POSTGRES_PASSWORD, ` +
      `--postgres-password-file or --postgres-password-secret.`,
  },
  {
    codes: ['28'],
    fatal: 'at first',
    says: (f) =>
      `${f.location} refuses the login. ${server(f)} Check user and database, that the role may log in (ALTER ROLE … LOGIN), ` +
      `and that pg_hba.conf or the security group lets this machine in, with or without TLS as --postgres-tls says.`,
  },
  {
    codes: ['3D000'],
    fatal: 'at first',
    says: (f) => `${server(f)} Create it on the server (CREATE DATABASE …;) or name another one in --to.`,
  },
  {
    codes: ['53300'],
    fatal: false,
    says: (f) =>
      `${f.location} has no connection left. ${server(f)} Raise max_connections or the role's CONNECTION LIMIT, put a ` +
      `pooler in front, or use fewer with --load-connections 1. It is tried again.`,
  },
  {
    codes: ['57P03'],
    fatal: false,
    endsConnection: true,
    says: (f) => `${f.location} is starting, stopping or recovering. ${server(f)} It is tried again.`,
  },
  {
    codes: ['57P01', '57P02', '57P05', '25P03', '25P04'],
    fatal: false,
    endsConnection: true,
    says: (f) => `${f.location} ended the connection. ${server(f)} It is tried again.`,
  },
  {
    codes: ['57P04'],
    fatal: true,
    endsConnection: true,
    says: (f) =>
      `The database was dropped. ${server(f)} Nothing is left to go on from: create it and run again.`,
  },
  {
    codes: ['57014'],
    fatal: false,
    says: (f) => `A statement was cancelled on ${f.location}. ${server(f)} It is tried again.`,
  },
  { ...READ_ONLY, codes: ['25006'] },
  // What a standby answers to a transaction that is begun in order to write.
  { ...READ_ONLY, codes: ['0A000'], pattern: /during recovery/ },
  {
    codes: ['40'],
    fatal: false,
    says: (f) => `A transaction on ${f.location} met another one. ${server(f)} It is tried again.`,
  },
  {
    codes: ['55P03'],
    fatal: false,
    says: (f) =>
      `Another session holds a lock on a table of ${f.location} that is needed. ${server(f)} It is tried again; see who: ` +
      `SELECT pid, usename, state, query FROM pg_stat_activity WHERE pid = ANY (SELECT pid FROM pg_locks WHERE granted AND ` +
      `relation IS NOT NULL);`,
  },
  {
    codes: ['53100', '58030'],
    fatal: false,
    says: (f) =>
      `${f.location} cannot write to its disk. ${server(f)} Free or add space there; the replicator goes on by itself ` +
      `from its last commit.`,
  },
  {
    codes: ['53200'],
    fatal: false,
    says: (f) =>
      `${f.location} ran out of memory. ${server(f)} If it keeps happening, lower work_mem or maintenance_work_mem, or ` +
      `give the server more memory.`,
  },
  {
    codes: ['42501'],
    pattern: /CONNECT privilege/,
    fatal: 'at first',
    says: (f) => `${server(f)} Let the role in: GRANT CONNECT ON DATABASE … TO …;`,
  },
  {
    codes: ['42501'],
    fatal: 'at first',
    says: (f) =>
      `The role lacks a privilege on ${f.location}. ${server(f)} See all that it needs, with the statements that grant ` +
      `it: dynamodb-replicator check`,
  },
  {
    codes: ['23505'],
    inOwnSchema: true,
    fatal: false,
    says: (f) =>
      `Another session has just written the same to the replicator's own tables on ${f.location}. ${server(f)} It is tried again.`,
  },
  {
    codes: ['23'],
    fatal: true,
    says: (f) =>
      `A constraint that was added by hand on ${f.location} refuses rows of the source. ${server(f)} Drop it and start ` +
      `the replicator again.`,
  },
  {
    codes: ['2BP01', '0A000'],
    fatal: true,
    says: (f) =>
      `A table on ${f.location} cannot be changed because something was built on it. ${server(f)} Drop that, start the ` +
      `replicator again, and make it anew.`,
  },
  {
    codes: ['42P01', '42703', '42704', '42883', '42P07', '42701', '3F000', '42804', '42P10'],
    fatal: true,
    says: (f) =>
      `A table or schema of the replicator's was changed by hand on ${f.location}. ${server(f)} Undo that change, or load ` +
      `into another database with --to.`,
  },
  {
    codes: ['XX001', 'XX002'],
    fatal: true,
    says: (f) =>
      `${f.location} reports damaged data. ${server(f)} Restore it from a backup, or load anew elsewhere.`,
  },
  {
    codes: ['08'],
    fatal: false,
    endsConnection: true,
    says: (f) => `The connection to ${f.location} broke. ${server(f)} It is tried again.`,
  },
  {
    codes: ['53', '55', '57', '58', 'XX'],
    fatal: false,
    says: (f) => `${f.location} failed. ${server(f)} It is tried again.`,
  },
  {
    codes: ['ENOENT'],
    fatal: false,
    says: (f) =>
      `No server listens on the Unix socket of ${f.location}. Check the folder, and that the server runs.`,
  },
  {
    codes: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM'],
    fatal: false,
    says: (f) =>
      `Nobody answers at ${f.location} (${f.code}). Check that the server runs, its name and port, and the network between; ` +
      `it is tried again.`,
  },
  {
    codes: ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'EHOSTDOWN', 'EMFILE', 'ENFILE'],
    fatal: false,
    says: (f) => `The connection to ${f.location} broke (${f.code}: ${f.message}); it is tried again.`,
  },
  {
    codes: [],
    pattern: /does not support SSL connections|error establishing an SSL connection/,
    fatal: 'at first',
    says: (f) =>
      `${f.location} does not offer TLS. Turn it on there (ssl = on), or, where the network between is trusted, connect ` +
      `without: --postgres-tls disable`,
  },
  {
    codes: [],
    pattern: /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED|HOSTNAME_MISMATCH)/,
    fatal: 'at first',
    says: (f) =>
      `The TLS certificate of ${f.location} is not trusted (${f.code}: ${sentence(f.message)} Name the authority that signed ` +
      `it with --postgres-tls-ca-file (for RDS: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem), and the ` +
      `server by a name that its certificate has.`,
  },
  {
    codes: [],
    pattern: /^SASL|^SCRAM|password must be a/i,
    fatal: 'at first',
    says: (f) =>
      `${f.location} asks for a password and none that fits was given. Set DYNAMODB_REPLICATOR_POSTGRES_PASSWORD, ` +
      `--postgres-password-file or --postgres-password-secret.`,
  },
  {
    codes: [],
    pattern:
      /Connection terminated|timeout expired|Query read timeout|connection error and is not queryable|was closed and is not queryable/,
    fatal: false,
    endsConnection: true,
    says: (f) => `The connection to ${f.location} broke (${f.message}); it is tried again.`,
  },
];

/** After these a commit may have happened though it was not confirmed. */
const OUTCOME_UNKNOWN = ['08', '57P01', '57P02', '57P03', '57P05', '40003'];

/** The project's error for one of PostgreSQL's or its connection's; any other error is passed through. */
export function classify(error: unknown, { location, activity, established }: FaultContext): unknown {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return error;
  const failure = { ...failureOf(error), location };
  const rule = ruleOf(failure);
  if (rule === undefined) return isSqlState(failure.code) ? unforeseen(failure, error) : error;
  if (activity === 'commit' && (!isSqlState(failure.code) || matches(OUTCOME_UNKNOWN, failure.code))) {
    return new CommitOutcomeUnknown({ cause: error, because: rule.says(failure) });
  }
  const isFatal = rule.fatal === 'at first' ? !established : rule.fatal;
  const Kind = isFatal ? DestinationUnusable : DestinationUnavailable;
  return new Kind(rule.says(failure), { cause: error });
}

/** Whether the next transaction needs another connection. */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return false;
  return ruleOf(failureOf(error))?.endsConnection === true;
}

/** A login that failed because of what it was made with: a password that was rotated may be the reason. */
export function isLoginRefused(error: unknown): boolean {
  return error instanceof Error && matches(['28'], codeOf(error));
}

export function hasSqlState(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && matches(codes, codeOf(error));
}

function unforeseen({ code, message, location }: Failure, cause: Error): DestinationUnusable {
  return new DestinationUnusable(
    `${location} refused a statement in an unforeseen way (${code}): ${sentence(message)} Please report it.`,
    { cause },
  );
}

function failureOf(error: Error): Failure {
  const { schema } = error as { schema?: string };
  return { code: codeOf(error), message: messageOf(error), schema, location: '' };
}

function ruleOf(failure: Failure): Rule | undefined {
  return RULES.find(({ codes, inOwnSchema, pattern = /(?:)/ }) => {
    if (inOwnSchema && !OWN_SCHEMAS.includes(failure.schema ?? '')) return false;
    const isMeant = codes.length === 0 ? !isSqlState(failure.code) : matches(codes, failure.code);
    return isMeant && (pattern.test(failure.message) || pattern.test(failure.code));
  });
}

function matches(codes: readonly string[], code: string): boolean {
  return codes.some((one) => one === code || (isSqlState(code) && code.startsWith(one)));
}

/** Five characters, of which the first two are the class. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

function messageOf(error: Error): string {
  const { detail } = error as { detail?: unknown };
  // A connection to every address of a name fails with an error that only holds the others.
  const inner = error instanceof AggregateError ? (error.errors[0] as Error | undefined)?.message : undefined;
  const text = error.message === '' ? (inner ?? '') : error.message;
  return typeof detail === 'string' ? `${text} (${detail})` : text;
}

function sentence(message: string): string {
  const text = message.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
