import { ReplicatorError, sentence } from '../../errors';
import { PHRASE } from './config';
import {
  CommitOutcomeUnknown,
  DestinationLocked,
  DestinationUnavailable,
  DestinationUnusable,
} from '../errors';

/** The activity during which DuckDB failed. */
export type Activity = 'open' | 'statement' | 'commit';

interface Rule {
  readonly pattern: RegExp;
  readonly error: (location: string, cause: Error) => ReplicatorError;
}

/** DuckDB may spill only into the space that was free when the file was opened, so a full disk shows in this way too. */
const SPILL_FULL = /failed to offload data block|max_temp_directory_size/;
const NO_SPACE = new RegExp(
  `No space left|disk.*full|Could not write|quota|File too large|${SPILL_FULL.source}`,
  'i',
);

const RULES: readonly Rule[] = [
  {
    pattern: /Could not set lock on file/,
    error: (location, cause) =>
      new DestinationLocked(location, pidIn(cause.message), {
        phrase: PHRASE,
        others: 'a DuckDB shell, a notebook, another replicator',
        cause,
      }),
  },
  {
    pattern: /not a valid DuckDB database file|Could not read from file.*Is a directory/,
    error: (location, cause) =>
      new DestinationUnusable(`${location} is not a DuckDB database. Choose another file with --to.`, {
        cause,
      }),
  },
  {
    pattern:
      /created with an? (newer|older) version|storage version|Trying to read a database file with version/i,
    error: (location, cause) =>
      new DestinationUnusable(
        `${location} has a file format of another DuckDB version, which this one cannot read: ${firstLine(cause)} ` +
          `Choose another file with --to, or export it to a compatible format with that DuckDB.`,
        { cause },
      ),
  },
  {
    pattern: /Cannot open file.*(No such file or directory|Not a directory)/,
    error: (location, cause) =>
      new DestinationUnusable(
        `${location} cannot be created: its folder does not exist. Create the folder first.`,
        {
          cause,
        },
      ),
  },
  {
    pattern: /Permission denied|Read-only file system|read-only mode/i,
    error: (location, cause) =>
      new DestinationUnusable(
        `${location} cannot be written: ${firstLine(cause)} Check its owner and mode.`,
        { cause },
      ),
  },
  {
    pattern: NO_SPACE,
    error: (location, cause) =>
      new DestinationUnavailable(
        `No space left for ${location}: ${firstLine(cause)} Free some space on that disk. The replicator then continues ` +
          `from its last commit.`,
        { cause },
      ),
  },
  {
    pattern: /Out of Memory Error|could not allocate block|failed to (pin|allocate)/,
    error: (location, cause) =>
      new DestinationUnavailable(
        `DuckDB reached its memory limit on ${location}: ${firstLine(cause)} Retrying. If it keeps happening, raise ` +
          `duckdb.memoryLimitBytes (--duckdb-memory-limit-bytes 1GiB).`,
        { cause },
      ),
  },
  {
    pattern: /Dependency Error|depends on it/,
    error: (location, cause) =>
      new DestinationUnusable(
        `A table in ${location} cannot be changed because another object depends on it: ${firstLine(cause)} Drop that ` +
          `index or constraint and start the replicator again.`,
        { cause },
      ),
  },
  {
    pattern: /Catalog Error/,
    error: (location, cause) =>
      new DestinationUnusable(
        `A table or schema of the replicator was changed by hand in ${location}: ${firstLine(cause)} Undo that change, ` +
          `or load into another file with --to.`,
        { cause },
      ),
  },
  {
    // The expression of an index is evaluated at the commit.
    pattern:
      /^Constraint Error|^TransactionContext Error: Failed to commit: (?:.*constraint violation|Could not (?:convert|cast))/,
    error: (location, cause) =>
      new DestinationUnusable(
        `A constraint or index that was added by hand in ${location} rejects rows of the source: ${firstLine(cause)} ` +
          `Drop it and start the replicator again.`,
        { cause },
      ),
  },
  {
    pattern: /Failed to commit: (?!.*conflict)/i,
    error: (location, cause) =>
      new DestinationUnavailable(`A commit in ${location} failed: ${firstLine(cause)} Retrying.`, { cause }),
  },
  {
    pattern: /TransactionContext Error|Transaction conflict|write-write conflict/,
    error: (location, cause) =>
      new DestinationUnavailable(
        `A transaction in ${location} conflicted with another one: ${firstLine(cause)} Retrying.`,
        {
          cause,
        },
      ),
  },
  {
    pattern:
      /^(IO|FATAL|INTERNAL) Error|^E(IO|MFILE|NFILE):|database has been invalidated|Connection was never established/,
    error: (location, cause) =>
      new DestinationUnavailable(
        `DuckDB failed on ${location}: ${firstLine(cause)} Opening the file again.`,
        { cause },
      ),
  },
  {
    // An error in the statement or its values does not go away by running it again.
    pattern:
      /^(Binder|Conversion|Decimal|Divide by Zero|Expression|Invalid (Configuration|Input|type)|Mismatch Type|Missing Extension|Not implemented|Object Size|Out of Range|Parameter Not (Allowed|Resolved)|Parser|Permission|Planner|Serialization|Settings|Syntax|Unknown Type) Error/i,
    error: (location, cause) =>
      new DestinationUnusable(
        `DuckDB rejected a statement of the replicator on ${location}: ${firstLine(cause)} Update the replicator, or load ` +
          `into another file with --to.`,
        { cause },
      ),
  },
  {
    pattern: /^[A-Z][\w ]* Error:/,
    error: (location, cause) =>
      new DestinationUnavailable(
        `DuckDB failed on ${location} in an unforeseen way: ${firstLine(cause)} Retrying.`,
        { cause },
      ),
  },
];

/** After these errors DuckDB refuses all further work until the file is reopened. */
const INVALIDATED = /FATAL Error|INTERNAL Error|database has been invalidated/;
/** After these errors a commit may have reached the disk. */
const OUTCOME_UNKNOWN = /IO Error|FATAL Error|INTERNAL Error|invalidated|No space left|Could not write/i;

/** The project's error for an error of DuckDB. Any other error passes through. */
export function classify(thrown: unknown, location: string, activity: Activity): unknown {
  if (!(thrown instanceof Error) || thrown instanceof ReplicatorError) return thrown;
  const { message } = thrown;
  const error = withoutValues(thrown);
  const rule = RULES.find(({ pattern }) => pattern.test(message));
  if (activity === 'commit' && OUTCOME_UNKNOWN.test(message))
    return new CommitOutcomeUnknown({ cause: error, because: rule?.error(location, error).message });
  if (activity === 'open' && INVALIDATED.test(message) && !NO_SPACE.test(message)) {
    return new DestinationUnusable(
      `${location} cannot be opened: ${firstLine(error)} Move it, together with its log (the .wal file), to another folder, and start the replicator again: it ` +
        `reloads the tables.`,
      { cause: error },
    );
  }
  return rule === undefined ? error : rule.error(location, error);
}

/** Whether the file has to be reopened: DuckDB has given up on it, or does not release the space that it had for spilling. */
export function invalidates(error: unknown): boolean {
  return error instanceof Error && (INVALIDATED.test(error.message) || SPILL_FULL.test(error.message));
}

function pidIn(message: string): number | undefined {
  const match = /\(PID (\d+)\)/.exec(message);
  return match === null ? undefined : Number(match[1]);
}

function firstLine(cause: Error): string {
  return sentence(cause.message.split('\n', 1)[0] ?? '');
}

/** Classes whose messages name only files, tables, columns, sizes and our own statements, which contain no values of rows. */
const NAMES_ONLY =
  /^(?:IO|Out of Memory|Catalog|Dependency|Binder|Parser|Syntax|Permission|Settings|Missing Extension) Error:/;
/**
 * For other classes, the part that names an index, a constraint or a column. What follows may come from a row: the
 * expression of a user may pass values to any function, and each function has messages of its own, with quotes and
 * without.
 */
const NAMES = [
  /^Constraint Error: NOT NULL constraint failed: .+/,
  /^Constraint Error: CHECK constraint failed on table .*? with expression CHECK\(/,
  /^TransactionContext Error: Failed to commit: (?:IO|Out of Memory) Error: [^]*/,
  /^Constraint Error: (?:Duplicate key|PRIMARY KEY or UNIQUE constraint violation|Violates foreign key constraint)/,
  /^Constraint Error: Incorrect value for generated column/,
  /^TransactionContext Error: (?:Failed to commit: (?:PRIMARY KEY or UNIQUE constraint violation|write-write conflict)|Transaction conflict|Conflict on \w+|Catalog write-write conflict)/,
  /^TransactionContext Error: Failed to commit/,
];
const CLASS = /^([A-Z][\w ]*? Error):/;

/** The error without the values of rows that DuckDB quotes in it. Its cause contains none either. */
function withoutValues(error: Error): Error {
  const { message } = error;
  const [said, name] = CLASS.exec(message) ?? [];
  if (name === undefined || NAMES_ONLY.test(message)) return error;
  const names = NAMES.map((pattern) => pattern.exec(message)?.[0]).find((part) => part !== undefined);
  if (names === message) return error;
  const text = names === undefined ? said : `${names.replace(/ with expression CHECK\($/, '')};`;
  return new Error(`${text} the rest is omitted, since it may quote values of rows`);
}
