import type { Write } from './writes';

/** Between which two times an item was cut, relative to what was requested, in ms. */
export interface Cut {
  /** The write that the export shows was requested then; -Infinity if it shows none. */
  readonly fromMs: number;
  /** The next write was answered then; Infinity if there is none. */
  readonly toMs: number;
}

/**
 * Where an export cut an item, from the state that it shows.
 * @param writes the item's, in their order @param shown number of the last write that the export shows; -1: it shows none
 */
export function cutOf(writes: readonly Write[], shown: number, requestedTime: number): Cut {
  return {
    fromMs: (writes[shown]?.requestedAt ?? -Infinity) - requestedTime,
    toMs: (writes[shown + 1]?.answeredAt ?? Infinity) - requestedTime,
  };
}

/** Each item's cut is at most 60 s from the time (E16), which is rounded to a second (E17). */
const FARTHEST_MS = 61_000;

/** Cuts that are certainly farther from the requested time than is assumed. */
export const tooFar = (cuts: readonly Cut[]): number =>
  cuts.filter(({ fromMs, toMs }) => fromMs > FARTHEST_MS || toMs < -FARTHEST_MS).length;

/** What all cuts have in common: a time between these two could be that of every item, if the first is before the second. */
export const common = (cuts: readonly Cut[]): Cut => ({
  fromMs: Math.max(...cuts.map(({ fromMs }) => fromMs)),
  toMs: Math.min(...cuts.map(({ toMs }) => toMs)),
});

/** Figures of where items were cut, rounded to 100 ms. */
export function cutFigures(cuts: readonly Cut[]): Record<string, number | boolean | string> {
  const { fromMs, toMs } = common(cuts);
  return {
    items: cuts.length,
    earliestCutMs: figure(Math.min(...cuts.map((each) => each.toMs))),
    latestCutMs: figure(Math.max(...cuts.map((each) => each.fromMs))),
    mayShareOneCut: fromMs <= toMs,
  };
}

/** JSON has no infinity. */
export const figure = (ms: number): number | string =>
  Number.isFinite(ms)
    ? Math.round(ms / 100) * 100
    : ms < 0
      ? 'before the first write'
      : 'after the last write';
