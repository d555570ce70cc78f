import { counted } from '../cost/figures';
import type { Check, Mode } from './check';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface ModeLimits {
  /**
   * The run ends after this time, and what has not been answered is not asked. Longer than the mode's longest check: the time also
   * covers setting up and making tables.
   */
  readonly longestMs: number;
  /** Whether Ctrl-C keeps everything for `--resume`, as it would lose too much time otherwise. */
  readonly isKept: boolean;
}

export const MODES: Readonly<Record<Mode, ModeLimits>> = {
  quick: { longestMs: 90 * MINUTE, isKept: false },
  long: { longestMs: 27 * HOUR, isKept: true },
  ttl: { longestMs: 6 * DAY, isKept: true },
};

/** `90 minutes`, `27 hours`, `6 days`. Pure. */
export function limitText(limitMs: number): string {
  if (limitMs % DAY === 0) return counted(limitMs / DAY, 'day');
  if (limitMs % HOUR === 0) return counted(limitMs / HOUR, 'hour');
  return counted(Math.round(limitMs / MINUTE), 'minute');
}

/** A longer mode also asks what the shorter ones ask. */
const INCLUDED: Readonly<Record<Mode, readonly Mode[]>> = {
  quick: ['quick'],
  long: ['quick', 'long'],
  ttl: ['quick', 'long', 'ttl'],
};

/** The checks of a run. @param only ids; empty for all of the mode */
export function chosen(checks: readonly Check[], mode: Mode, only: readonly string[]): readonly Check[] {
  return checks.filter(
    (check) => INCLUDED[mode].includes(check.mode) && (only.length === 0 || only.includes(check.id)),
  );
}
