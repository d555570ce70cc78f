import { progress } from './tiers/progress';

/** Lines that a replicator repeats while nothing happens, as JSON or as text. */
const OVER_AND_OVER = new RegExp(
  [
    '^\\{"_aws"',
    '"event":"(aws\\.retry|destination\\.(retry|awaited)|pipeline\\.waiting|export\\.progress|stream\\.(listing|iteratorRenewed))"',
    '"event":"stream\\.batch".*"records":0,',
    '^[^{].*(retrying|trying again|waiting|following|exporting)',
  ].join('|'),
);

/** Call it for each line that a process prints. The line counts as progress, unless an idle process would repeat it forever. */
export function linePrinted(line: string): void {
  if (!OVER_AND_OVER.test(line)) progress();
}
