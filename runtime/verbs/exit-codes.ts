import { CommanderError } from 'commander';
import { InvalidSettings } from '../config';
import { AnswerCutShort, RemoteError } from '../control/protocol';
import { ReplicatorError } from '../errors';
import { CutShort } from '../pipeline/requests';

/** How a command ends. */
export const EXIT = {
  /** Done; also a `run` that was stopped by SIGTERM or Ctrl-C, even while a table waited in a gap. */
  fine: 0,
  /** A failed check, a difference, or an error that a person has to fix. */
  failed: 1,
  wrongUse: 2,
  /** Stream records were lost before they were read (rule G1): `resync` is needed. */
  gap: 3,
  /** A check, verify, resync or demo was cut short, or an export's price was not accepted. */
  cutShort: 4,
  /** A verify found no difference, but compared too few of the keys. */
  partial: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Wrong use of the command: an unknown word, or a missing or invalid flag. */
export class WrongUse extends ReplicatorError {
  readonly kind = 'fatal';
}

/** The command was stopped by Ctrl-C or SIGTERM. */
export class Interrupted extends ReplicatorError {
  readonly kind = 'retry';

  constructor(readonly by: 'SIGINT' | 'SIGTERM') {
    super(by === 'SIGINT' ? 'Stopped by Ctrl-C.' : `Stopped by ${by}.`);
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongUse;
  if (error instanceof InvalidSettings || error instanceof WrongUse) return EXIT.wrongUse;
  if (error instanceof Interrupted || error instanceof CutShort || error instanceof AnswerCutShort)
    return EXIT.cutShort;
  if (error instanceof RemoteError && error.remoteName === CutShort.name) return EXIT.cutShort;
  if (error instanceof ReplicatorError && error.kind === 'gap') return EXIT.gap;
  return EXIT.failed;
}

/** The exit code when several tables failed. A gap has priority, as it needs the user's decision. */
export function exitCodeOfAll(errors: readonly unknown[]): ExitCode {
  const codes = errors.map(exitCodeOf);
  return codes.includes(EXIT.gap) ? EXIT.gap : (codes[0] ?? EXIT.fine);
}
