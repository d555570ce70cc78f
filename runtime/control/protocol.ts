import { ReplicatorError } from '../errors';
import { version } from '../version';

/** What a running replicator can be asked. */
export const CONTROL_VERBS = ['status', 'estimate', 'verify', 'resync'] as const;
export type ControlVerb = (typeof CONTROL_VERBS)[number];

/** One line of an answer: progress as often as there is any, then one result or error. */
export type AnswerLine =
  | { readonly progress: string }
  | { readonly result: unknown }
  | {
      readonly error: { readonly name: string; readonly kind: string | undefined; readonly message: string };
    };

/** Carries out a request; `table`: the source table it is about, undefined for all. What it throws is sent back. */
export type ControlHandler = (request: {
  readonly table: string | undefined;
  readonly report: (progress: string) => void;
  /** Aborts when whoever asked has gone. */
  readonly signal: AbortSignal;
}) => Promise<unknown>;

export type ControlHandlers = Readonly<Record<ControlVerb, ControlHandler>>;

/** The running replicator went away before it had answered. */
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
  if (verb !== 'resync') return 'Nothing is lost; ask for it again.';
  return (
    'A new generation that has begun goes on by itself when a replicator is started for the table (dynamodb-replicator run), ' +
    'and its export is not paid for twice. If dynamodb-replicator status shows none, ask for it again.'
  );
}

/** The running replicator answers in a way that this version does not know. */
export class AnswerUnreadable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly verb: ControlVerb,
    options?: ErrorOptions,
  ) {
    super(
      `The running replicator answers ${verb} in a way that this version (${version()}) does not know: it is newer. Ask with ` +
        `the version that runs (dynamodb-replicator --version, where it runs).`,
      options,
    );
  }
}

/** An error of the running replicator, as it told it. */
export class RemoteError extends ReplicatorError {
  constructor(
    /** The error's class there. */
    readonly remoteName: string,
    readonly kind: ReplicatorError['kind'],
    message: string,
  ) {
    super(message);
  }
}

/** A replicator that runs, of this process or another. */
export interface RunningReplicator {
  /** For people: `process 123`, with its machine where that may be another one. */
  readonly name: string;
  /** Names of the source tables it replicates. */
  readonly tables: readonly string[];
  /** Asks and waits for the answer. @throws RemoteError, AnswerCutShort, the signal's reason */
  ask(
    verb: ControlVerb,
    table: string | undefined,
    onProgress: (progress: string) => void,
    signal?: AbortSignal,
  ): Promise<unknown>;
}

/** The result that an answer's lines come to. @throws RemoteError, AnswerCutShort, AnswerUnreadable */
export async function readAnswer(
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
