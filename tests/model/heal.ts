import type { Rules } from './rules';
import type { Line, Window } from './source';
import { MINUTE } from './times';

/** G3: the changes of a gap. */
export interface Heal {
  /** F and U, epoch ms. */
  readonly from: number;
  readonly until: number;
  readonly windows: readonly Window[];
}

const SHORTEST = 15 * MINUTE;

/**
 * G3: incremental exports from L − 5 minutes to U, which overlap.
 * @param since L, the watermark of the visible table
 * @param longestMs the most that a window has
 */
export function planHeal(since: number, until: number, longestMs: number, rules: Rules): Heal {
  const floored = Math.floor((since - rules.healSlackMs) / MINUTE) * MINUTE;
  const from = Math.min(floored, until - SHORTEST);
  const windows: Window[] = [];
  for (let start = from; ; ) {
    const end = Math.min(start + longestMs, until);
    windows.push({ from: Math.min(start, end - SHORTEST), to: end });
    if (end === until) return { from, until, windows };
    start = end - rules.overlapMs;
  }
}

/** What is known of a key when the keys to read again are chosen. */
export interface Known {
  /** The row is shown, with the creation time of its last change; without one it is of an export. */
  readonly row: { readonly time: number | undefined } | undefined;
  /** By window. */
  readonly lines: readonly (Line | undefined)[];
  readonly isChanged: boolean;
}

/**
 * G3: whether to read a key again, consistently.
 * @param completeFrom T of the export that the table was loaded from
 */
export function isReadAgain(known: Known, heal: Heal, completeFrom: number, rules: Rules): boolean {
  const { row, lines, isChanged } = known;
  if (isChanged) return false;
  const reach = heal.from - rules.rereadReachMs;
  const lastWindow = lines.findLastIndex((line) => line !== undefined);
  if (lastWindow < 0) {
    if (row === undefined) return false;
    if (row.time === undefined) return rules.rereadTimeless && reach < completeFrom;
    return rules.reread && row.time >= reach;
  }
  const next = heal.windows[lastWindow + 1];
  return (
    rules.rereadEdges && next !== undefined && lines[lastWindow]!.last.at >= next.from - rules.rereadReachMs
  );
}
