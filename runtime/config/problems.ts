import { ReplicatorError } from '../errors';

/** A raw value and where it came from, for people. */
export interface Given {
  readonly value: unknown;
  readonly origin: string;
}

/** One thing wrong with the settings. */
export interface Problem {
  /** The setting as a file names it, or the unknown name as given. */
  readonly setting: string;
  /** Where the value came from, for people; `undefined` when it came from nowhere. */
  readonly origin: string | undefined;
  readonly problem: string;
}

/** The settings cannot be used. Lists everything that is wrong with them. */
export class InvalidSettings extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(readonly problems: readonly Problem[]) {
    const lines = problems.map(
      ({ setting, origin, problem }) =>
        `  ${setting}${origin === undefined ? '' : ` (${origin})`}: ${problem}`,
    );
    super(
      `${problems.length === 1 ? 'A setting is' : `${problems.length} settings are`} wrong; nothing was started.\n` +
        `${lines.join('\n')}\n` +
        'All settings: docs/CONFIGURATION.md, or --help.',
    );
  }
}
