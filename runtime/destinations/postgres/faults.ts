import { ReplicatorError, sentence } from '../../errors';
import { CommitOutcomeUnknown, DestinationUnavailable, DestinationUnusable } from '../errors';
import { OWN_SCHEMA } from '../relational/target';
import { CONNECTION_RULES } from './connection/connection-faults';
import type { Activity, ConnectionRule, Failure, Rule, ServerRule } from './connection/fault-rule';
import { ServerError } from './connection/server-error';
import { SERVER_RULES } from './connection/server-faults';

/** Where and when PostgreSQL failed. */
export interface FaultContext {
  /** For messages. */
  readonly location: string;
  readonly activity: Activity;
  /** This process has written here before, so what the server refuses now may work again later. */
  readonly established: boolean;
  /** The server was a standby when the connection was made. */
  readonly standby: boolean;
}

/** Schemas in which concurrent creations of tables, schemas and types collide: ours, and the system catalog. */
const OWN_SCHEMAS = [OWN_SCHEMA, 'pg_catalog'];

/** After these errors a commit may have happened although it was not confirmed. */
const OUTCOME_UNKNOWN = ['08', '57P01', '57P02', '57P03', '57P05', '40003'];

/** Errors that a bug in this program throws. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError];

/**
 * The project's error for an error of PostgreSQL, its driver or the connection. Errors from bugs in this program pass
 * through.
 */
export function classify(error: unknown, context: FaultContext): unknown {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return error;
  const failure = failureOf(error, context);
  const rule = ruleOf(failure) ?? (isMistake(error) ? undefined : UNFORESEEN);
  if (rule === undefined) return error;
  const { activity, established } = context;
  const cause = failure.server ?? error;
  if (
    activity === 'commit' &&
    (failure.server === undefined || matches(OUTCOME_UNKNOWN, failure.server.code))
  ) {
    return new CommitOutcomeUnknown({ cause, because: rule.message(failure) });
  }
  const isFatal = rule.fatal === 'at first' ? !established : rule.fatal;
  const Kind = isFatal ? DestinationUnusable : DestinationUnavailable;
  return new Kind(rule.message(failure), { cause });
}

/** Whether the next transaction needs a new connection. */
export function endsConnection(error: unknown, context: FaultContext): boolean {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return false;
  const rule = ruleOf(failureOf(error, context));
  return (rule ?? UNFORESEEN).endsConnection === true;
}

/** Whether the server refused the credentials. The password may have been rotated. */
export function isLoginRefused(error: unknown): boolean {
  return hasSqlState(error, '28');
}

/** @param codes SQLSTATEs, or whole classes of them */
export function hasSqlState(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && matches(codes, codeOf(error));
}

/** An error that no rule matches. Retrying loses nothing, since rule G1 watches the time. */
const UNFORESEEN: Rule = {
  codes: [],
  fatal: false,
  endsConnection: true,
  message: ({ code, message, location }) =>
    `${location} failed in an unforeseen way${code === '' ? '' : ` (${code})`}: ${sentence(message)} Retrying on a new ` +
    `connection. If that does not help, see the server's log.`,
};

function isMistake(error: Error): boolean {
  return MISTAKES.some((kind) => error instanceof kind);
}

function failureOf(error: Error, { location, activity, standby }: FaultContext): Failure {
  const code = codeOf(error);
  const server = isSqlState(code) ? new ServerError(Object.assign(error, { code })) : undefined;
  return {
    code,
    message: (server ?? error).message || innerMessage(error),
    server,
    location,
    activity,
    standby,
  };
}

/** When all addresses of a name fail, Node wraps their errors in one without a message. */
function innerMessage(error: Error): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as Error | undefined)?.message : undefined;
  return inner ?? error.name;
}

function ruleOf(failure: Failure): Rule | undefined {
  return failure.server === undefined
    ? CONNECTION_RULES.find((rule) => meansConnection(rule, failure))
    : SERVER_RULES.find((rule) => meansServer(rule, failure, failure.server?.schema));
}

function meansConnection({ codes, pattern = /(?:)/ }: ConnectionRule, { code, message }: Failure): boolean {
  return (codes.length === 0 || codes.includes(code)) && (pattern.test(message) || pattern.test(code));
}

function meansServer(rule: ServerRule, { code, activity, standby }: Failure, schema = ''): boolean {
  if (!matches(rule.codes, code)) return false;
  if (rule.inOwnSchema && !OWN_SCHEMAS.includes(schema)) return false;
  return (!rule.standby || standby) && (rule.activity ?? activity) === activity;
}

/** @param codes SQLSTATEs, or whole classes of them */
function matches(codes: readonly string[], code: string): boolean {
  return isSqlState(code) && codes.some((one) => code.startsWith(one));
}

/** Codes of sockets, system calls and DNS lookups. Some look like an SQLSTATE: `EPIPE`. */
const CONNECTION_CODES = new Set(CONNECTION_RULES.flatMap(({ codes }) => codes));

/** An SQLSTATE has five characters. The first two are its class. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !CONNECTION_CODES.has(code);
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
