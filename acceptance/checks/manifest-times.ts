import type { Answer, Check } from '../check';
import { answered, notAsked, NOTHING, shared } from './experiment';
import { incrementalExports, type IncrementalExports } from './incremental-exports';
import { type Recovery, recovery } from './recovery';

/** E18: a manifest names exactly the time, or the window, that was requested. */
export function judgeManifests(
  { manifestOffMs }: Pick<Recovery, 'manifestOffMs'>,
  incremental: Pick<IncrementalExports, 'windowsOffMs'> | undefined,
): Answer {
  if (manifestOffMs === undefined && (incremental?.windowsOffMs ?? []).length === 0)
    return notAsked('No export had completed after an hour.');
  const windowOffMs = incremental?.windowsOffMs.find((ms) => ms !== 0) ?? 0;
  return answered(
    {
      timeOffMs: manifestOffMs ?? 'not completed',
      windowOffMs: incremental === undefined ? 'not completed' : windowOffMs,
    },
    manifestOffMs !== undefined &&
      manifestOffMs !== 0 &&
      `The manifest of a full export names a time ${manifestOffMs} ms from the requested one.`,
    windowOffMs !== 0 && `A manifest names a time ${windowOffMs} ms from the requested edge of its window.`,
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
