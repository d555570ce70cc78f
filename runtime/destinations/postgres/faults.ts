import { ReplicatorError, sentence } from '../../errors';
import { CommitOutcomeUnknown, DestinationUnavailable, DestinationUnusable } from '../errors';
import { OWN_SCHEMA } from '../relational/target';
import { CONNECTION_RULES, SYSTEM_CODES } from './connection/connection-faults';
import type { Failure, Rule } from './connection/fault-rule';
import { SERVER_RULES } from './connection/server-faults';

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

/** Names of tables, schemas and types that are made at the same time meet in the system's. */
const OWN_SCHEMAS = [OWN_SCHEMA, 'pg_catalog'];

const RULES: readonly Rule[] = [...SERVER_RULES, ...CONNECTION_RULES];

/** After these a commit may have happened though it was not confirmed. */
const OUTCOME_UNKNOWN = ['08', '57P01', '57P02', '57P03', '57P05', '40003'];

/** What a mistake in the program throws. */
const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError];

/** The project's error for one of PostgreSQL's, its driver's or its connection's; a mistake in the program is passed through. */
export function classify(error: unknown, { location, activity, established }: FaultContext): unknown {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return error;
  const failure = { ...failureOf(error), location };
  const rule = ruleOf(failure) ?? (isMistake(error) ? undefined : UNFORESEEN);
  if (rule === undefined) return error;
  if (activity === 'commit' && (!isSqlState(failure.code) || matches(OUTCOME_UNKNOWN, failure.code))) {
    return new CommitOutcomeUnknown({ cause: withoutValues(error), because: rule.says(failure) });
  }
  const isFatal = rule.fatal === 'at first' ? !established : rule.fatal;
  const Kind = isFatal ? DestinationUnusable : DestinationUnavailable;
  return new Kind(rule.says(failure), { cause: withoutValues(error) });
}

/** Whether the next transaction needs another connection. */
export function endsConnection(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ReplicatorError) return false;
  const rule = ruleOf(failureOf(error));
  return (rule ?? UNFORESEEN).endsConnection === true;
}

/** A login that failed because of what it was made with: a password that was rotated may be the reason. */
export function isLoginRefused(error: unknown): boolean {
  return error instanceof Error && matches(['28'], codeOf(error));
}

export function hasSqlState(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && matches(codes, codeOf(error));
}

/** An error that no rule knows: to wait for it loses nothing, as rule G1 watches the time. */
const UNFORESEEN: Rule = {
  codes: [],
  fatal: false,
  endsConnection: true,
  says: ({ code, message, location }) =>
    `${location} failed in an unforeseen way${code === '' ? '' : ` (${code})`}: ${sentence(message)} It is tried again on a ` +
    `new connection; if that does not help, see the server's log.`,
};

function isMistake(error: Error): boolean {
  return MISTAKES.some((kind) => error instanceof kind);
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

/** Five characters, of which the first two are the class; no name of a system call's error. */
function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !SYSTEM_CODES.includes(code);
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : '';
}

/** Their details quote rows; in class 22 the messages do, too. Ours hold nothing of them. */
const ABOUT_VALUES = ['23', '44'];

/** What is kept of the server's error: it goes with ours wherever that goes. */
function withoutValues(error: Error): Error {
  const code = codeOf(error);
  if (!isSqlState(code) || !matches(['22', ...ABOUT_VALUES], code)) return error;
  return Object.assign(new Error(messageOf(error)), { code });
}

function messageOf(error: Error): string {
  const { detail } = error as { detail?: unknown };
  // A connection to every address of a name fails with an error that only holds the others.
  const inner = error instanceof AggregateError ? (error.errors[0] as Error | undefined)?.message : undefined;
  const text = error.message === '' ? (inner ?? error.name) : error.message;
  const code = codeOf(error);
  // From the first quote to the last: a value may hold quotes itself.
  if (matches(['22'], code)) return text.replace(/"[^]*"/, '"…"');
  return typeof detail === 'string' && !matches(ABOUT_VALUES, code) ? `${text} (${detail})` : text;
}
