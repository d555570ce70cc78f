import type { Answer, Check } from '../check';
import { answered, notAsked, NOTHING, shared } from './experiment';
import type { Incomplete } from './exported';
import { incrementalExports, type IncrementalExports } from './incremental-exports';
import { type Recovery, recovery } from './recovery';

/** E18: a manifest names exactly the time, or the window, that was requested. */
export function judgeManifests(
  { manifest }: Pick<Recovery, 'manifest'>,
  incremental: Pick<IncrementalExports, 'windowsOffMs'> | Incomplete,
): Answer {
  const time = 'incomplete' in manifest ? manifest.incomplete : manifest.offMs;
  const window = 'incomplete' in incremental ? incremental.incomplete : farthest(incremental.windowsOffMs);
  if (typeof time === 'string' && typeof window === 'string') return notAsked(time);
  return answered(
    { timeOffMs: shownAs(time), windowOffMs: shownAs(window) },
    typeof time === 'number' &&
      time !== 0 &&
      `The manifest of a full export names ${offBy(time)} the requested one.`,
    typeof window === 'number' &&
      window !== 0 &&
      `A manifest names ${offBy(window)} the requested edge of its window.`,
  );
}

/** JSON has no NaN. */
const shownAs = (off: number | string): number | string => (Number.isNaN(off) ? 'no time' : off);

const offBy = (ms: number): string => (Number.isNaN(ms) ? 'no time, instead of' : `a time ${ms} ms from`);

/** Text if nothing is known. */
function farthest(offMs: readonly number[]): number | string {
  if (offMs.length === 0) return 'No window was exported.';
  return (
    offMs.find((ms) => Number.isNaN(ms)) ??
    offMs.reduce((most, ms) => (Math.abs(ms) > Math.abs(most) ? ms : most))
  );
}

export const manifestTimeCheck: Check = {
  id: 'E18',
  mode: 'quick',
  asks: 'Compares the times in the manifests of a full export and of three incremental ones with the requested ones.',
  spends: NOTHING,
  run: async (lab) =>
    judgeManifests(...(await Promise.all([shared(lab, recovery), shared(lab, incrementalExports)]))),
};
