import { ReplicatorError } from '../errors';

/** A raw value and its origin. */
export interface Given {
  readonly value: unknown;
  /** For people: `flag --table`, `file replicator.yaml`. */
  readonly origin: string;
}

/** One thing wrong with the settings. */
export interface Problem {
  /** The setting's name as in a file, or the unknown name as given. */
  readonly setting: string;
  /** Where the value came from, for people; `undefined` when no value was given. */
  readonly origin: string | undefined;
  readonly problem: string;
}

/** The settings cannot be used. The message lists every problem. */
export class InvalidSettings extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param inCode a program passed the settings; there is no command line */
  constructor(
    readonly problems: readonly Problem[],
    inCode = false,
  ) {
    const lines = problems.map(
      ({ setting, origin, problem }) =>
        `  ${setting}${origin === undefined ? '' : ` (${origin})`}: ${problem}`,
    );
    super(
      `${problems.length === 1 ? 'A setting is' : `${problems.length} settings are`} invalid; nothing was started.\n` +
        `${lines.join('\n')}\n` +
        (inCode
          ? 'docs/CONFIGURATION.md describes all settings.'
          : 'See --help, and docs/CONFIGURATION.md for all settings.'),
    );
  }
}
