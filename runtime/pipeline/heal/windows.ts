import type { ExportWindow } from '../../aws/services';
import { HEAL_SLACK_MS } from '../watermark';

const MINUTE = 60_000;

/** AWS guide "Requesting a table export": an incremental export covers 15 minutes to 24 hours. */
export const SHORTEST_WINDOW_MS = 15 * MINUTE;
export const LONGEST_WINDOW_MS = 24 * 60 * MINUTE;

/** Neighbouring windows share this much, as the edge of each may vary by a minute from item to item (rule G3). */
const OVERLAP_MS = 180_000;

/** An item's last write counts to a window up to this far beyond its edge: 60 s, and 2 s since times are whole seconds. */
const EDGE_BLUR_MS = 62_000;

/** Where the windows of a heal begin: F, epoch ms. @param since L, the watermark of the visible table */
export function healFrom(since: number): number {
  return Math.floor((since - HEAL_SLACK_MS) / MINUTE) * MINUTE;
}

/**
 * The windows of a heal, in the order of their times (rule G3): from F to `until`, each of 15 minutes to 24 hours, each but the first
 * beginning 180 seconds before the end of the one before it.
 * @param until U, epoch ms, a whole second
 */
export function planWindows(since: number, until: number): readonly ExportWindow[] {
  const windows: ExportWindow[] = [];
  for (let start = Math.min(healFrom(since), until - SHORTEST_WINDOW_MS); ; ) {
    const end = Math.min(start + LONGEST_WINDOW_MS, until);
    windows.push({ from: Math.min(start, end - SHORTEST_WINDOW_MS), to: end });
    if (end === until) return windows;
    start = end - OVERLAP_MS;
  }
}

/**
 * Times of last writes that two neighbouring windows may both have missed: an item that was deleted there may have a line of
 * an earlier write, so it is read again.
 */
export function edgesOf(windows: readonly ExportWindow[]): readonly ExportWindow[] {
  return windows.slice(1).map(({ from }, i) => ({
    from: from - EDGE_BLUR_MS,
    to: (windows[i] as ExportWindow).to + EDGE_BLUR_MS,
  }));
}
