import { ReplicatorError } from '../errors';
import { version } from '../version';

/** The requests that a running replicator answers. */
export const CONTROL_VERBS = ['status', 'estimate', 'verify', 'resync'] as const;
export type ControlVerb = (typeof CONTROL_VERBS)[number];

/** One line of an answer: any number of progress lines, then one result or error. */
export type AnswerLine =
  | { readonly progress: string }
  | { readonly result: unknown }
  | {
      readonly error: { readonly name: string; readonly kind: string | undefined; readonly message: string };
    };

/** Runs a request for a source table, or for all tables if `table` is undefined. Its error is sent back. */
export type ControlHandler = (request: {
  readonly table: string | undefined;
  /** For a verify: the share of the export's files; undefined for the replicator's own setting. */
  readonly sample?: number | undefined;
  readonly report: (progress: string) => void;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}) => Promise<unknown>;

export type ControlHandlers = Readonly<Record<ControlVerb, ControlHandler>>;

/** The running replicator ended before it had answered. */
export class AnswerCutShort extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly verb: ControlVerb,
    options?: ErrorOptions,
  ) {
    super(`The running replicator stopped before ${verb} was done. ${next(verb)}`, options);
  }
}

function next(verb: ControlVerb): string {
  if (verb !== 'resync') return 'Nothing is lost; run the command again.';
  return (
    'A new generation that had started continues when you start a replicator for the table (dynamodb-replicator run), and its ' +
    'export is not paid for twice. If dynamodb-replicator status shows none, run the command again.'
  );
}

/** The running replicator's answer is unknown to this version. */
export class AnswerUnreadable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly verb: ControlVerb,
    options?: ErrorOptions,
  ) {
    super(
      `The running replicator is newer than this version (${version()}), which cannot read its answer to ${verb}. Use the ` +
        `replicator's version: where it runs, dynamodb-replicator --version prints it.`,
      options,
    );
  }
}

/** An error that the running replicator has reported. */
export class RemoteError extends ReplicatorError {
  constructor(
    /** The error's class in the other process. */
    readonly remoteName: string,
    readonly kind: ReplicatorError['kind'],
    message: string,
  ) {
    super(message);
  }
}

/** A running replicator, usually of another process. */
export interface RunningReplicator {
  /** For people: `process 123`, with its machine if that may be another one. */
  readonly name: string;
  /** Names of the source tables that it replicates. */
  readonly tables: readonly string[];
  /** Sends a request and waits for the answer. @param sample as in `ControlRequest` @throws RemoteError, AnswerCutShort, AnswerUnreadable, the signal's reason */
  ask(
    verb: ControlVerb,
    table: string | undefined,
    onProgress: (progress: string) => void,
    signal?: AbortSignal,
    sample?: number,
  ): Promise<unknown>;
}

/**
 * Reads the lines of an answer up to its result.
 * @param signal aborts when this process has to stop, which may end the answer too
 * @throws RemoteError, AnswerCutShort, AnswerUnreadable, the signal's reason
 */
export async function readAnswer(
  verb: ControlVerb,
  lines: AsyncIterable<string>,
  onProgress: (progress: string) => void,
  signal?: AbortSignal,
): Promise<unknown> {
  try {
    return await resultIn(verb, lines, onProgress);
  } catch (error) {
    if (error instanceof AnswerCutShort) signal?.throwIfAborted();
    throw error;
  }
}

async function resultIn(
  verb: ControlVerb,
  lines: AsyncIterable<string>,
  onProgress: (progress: string) => void,
): Promise<unknown> {
  for await (const text of lines) {
    const line = readLine(verb, text);
    if ('progress' in line) onProgress(line.progress);
    else if ('result' in line) return line.result;
    else {
      const { name, kind, message } = line.error;
      throw new RemoteError(name, kind === 'gap' || kind === 'retry' ? kind : 'fatal', message);
    }
  }
  throw new AnswerCutShort(verb);
}

function readLine(verb: ControlVerb, text: string): AnswerLine {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    throw new AnswerUnreadable(verb, { cause: error });
  }
  const isKnown =
    typeof line === 'object' && line !== null && ('progress' in line || 'result' in line || 'error' in line);
  if (!isKnown) throw new AnswerUnreadable(verb);
  return line as AnswerLine;
}
