import { progress } from './tiers/progress';

/** What a replicator prints over and over while time passes and nothing happens, as JSON or for people. */
const OVER_AND_OVER = new RegExp(
  [
    '^\\{"_aws"',
    '"event":"(aws\\.retry|destination\\.(retry|awaited)|pipeline\\.waiting|export\\.progress|stream\\.(listing|iteratorRenewed))"',
    '"event":"stream\\.batch".*"records":0,',
    '^[^{].*(retrying|trying again|waiting|following|exporting)',
  ].join('|'),
);

/** To be told of each line of a process: it is progress, unless the process would print it for ever. */
export function linePrinted(line: string): void {
  if (!OVER_AND_OVER.test(line)) progress();
}
