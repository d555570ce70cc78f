import type { Engine, HealResult, Results } from '../results';
import { markdownTable } from './markdown';
import { ENGINES, thousands } from './streaming-table';

export const HEALS_HEADING = '## Closing a gap';

/** The text above the tables. @param results at least one */
export const HEALS = `The replicator was down for 30 hours, longer than a stream keeps its records, while an application changed some keys: of ten keys,
seven were updated, one inserted, one deleted, and one inserted and deleted again. Then the gap is closed by a heal, or by a full
resync, which loads the whole table. Items have about 170 bytes. The replicator reads the simulator, in another process
on the same machine, with the AWS SDK over a socket and default settings. After each publish the table is compared with the source.
Each row is one run, so expect noise in times.

Times are those of the replicator's own work. How long AWS takes for an export is not in them: the simulator invents it. Nor is the
time until the stream has passed the export. Meanwhile the visible table keeps its rows from before the gap; "stalled" is how long it does so
because of our work. Bytes and units are what the simulator counts by AWS's rules, priced at [list prices](../cost/prices.ts).`;

const SCALING = `What follows the changes, and what follows the table: exported and downloaded bytes, lines, rows written and the time for staging
follow the changes, from a floor: AWS bills at least 10 MB for each export, and 30 hours need two. Keys read again are
those that changed in the minutes before the gap and around the seam of two exports, whatever else changed in it. Finding them
scans the table once, on a connection that nothing waits for: that follows the table.`;

/** The section of the report; none without results. */
export function heals({ heals: results, machine }: Pick<Results, 'heals' | 'machine'>): readonly string[] {
  if (results.length === 0) return [];
  const engines = [...new Set(results.map(({ engine }) => engine))];
  const tables = engines.map((engine) => sideBySide(results, engine)).filter((table) => table !== '');
  return [HEALS_HEADING, HEALS, disturbed(machine), ...tables, SCALING, scaling(results)];
}

function disturbed({ cores, load: [before, after] }: Results['machine']): string {
  return `Load average of the ${cores} cores: ${before.toFixed(1)} at the start, ${after.toFixed(1)} at the end.`;
}

type Measure = readonly [what: string, of: (result: HealResult) => number, show: (value: number) => string];

const MEASURES: readonly Measure[] = [
  ['exports', ({ exports }) => exports, thousands],
  ['billed for exports, MB', ({ billedBytes }) => billedBytes, megabytes],
  ['downloaded, MB', ({ downloadedBytes }) => downloadedBytes, megabytes],
  ['items or lines loaded', ({ items }) => items, thousands],
  ['keys read again', ({ rereadKeys }) => rereadKeys, thousands],
  ['read units of the table', ({ readUnits }) => readUnits, thousands],
  ['rows written by the publish', ({ written }) => written, thousands],
  ['loading or staging, s', ({ loadMs }) => loadMs, seconds],
  ['finding keys, s', ({ findMs }) => findMs, seconds],
  ['reading keys again, s', ({ rereadMs }) => rereadMs, seconds],
  ['publish, s', ({ publishMs }) => publishMs, seconds],
  ['stalled by our work, s', stalledMs, seconds],
  ['CPU of the replicator, s', ({ cpuMs }) => cpuMs, seconds],
  ['peak RSS, MB', ({ peakBytes }) => peakBytes, megabytes],
  ['price, $', ({ priceUsd }) => priceUsd, (usd) => usd.toFixed(4)],
];

/** A resync beside a heal of the same number of changes in the same table. */
function sideBySide(results: readonly HealResult[], wanted: Engine): string {
  const resync = results.find(({ engine, way }) => engine === wanted && way === 'resync');
  const heal = results.find(
    ({ engine, way, rows, changed }) =>
      engine === wanted && way === 'heal' && rows === resync?.rows && changed === resync.changed,
  );
  if (resync === undefined || heal === undefined) return '';
  const rows = MEASURES.map(([what, of, show]) => {
    const [whole, some] = [of(resync), of(heal)];
    return [what, show(whole), show(some), whole > 0 && some > 0 ? times(whole / some) : '–'];
  });
  const title = `${ENGINES[wanted]}, ${thousands(heal.rows)} rows, ${thousands(heal.changed)} changed`;
  return markdownTable([title, 'full resync', 'heal', 'resync ÷ heal'], rows);
}

/** A row per heal. */
function scaling(results: readonly HealResult[]): string {
  const rows = results
    .filter(({ way }) => way === 'heal')
    .map((result) => [
      ENGINES[result.engine],
      thousands(result.rows),
      thousands(result.changed),
      megabytes(result.billedBytes),
      megabytes(result.downloadedBytes),
      thousands(result.items),
      thousands(result.rereadKeys),
      thousands(result.written),
      seconds(result.loadMs),
      seconds(result.findMs),
      seconds(result.publishMs),
      seconds(result.cpuMs),
      megabytes(result.peakBytes),
    ]);
  const head = ['billed, MB', 'downloaded, MB', 'lines', 'keys read', 'written'];
  const times = ['staging, s', 'finding, s', 'publish, s', 'CPU, s', 'peak RSS, MB'];
  return markdownTable(['heals', 'rows', 'changed', ...head, ...times], rows);
}

function stalledMs({ loadMs, findMs, rereadMs, publishMs }: HealResult): number {
  return loadMs + findMs + rereadMs + publishMs;
}

function times(ratio: number): string {
  return ratio < 10 ? ratio.toPrecision(2) : thousands(Math.round(ratio));
}

function megabytes(bytes: number): string {
  return bytes < 10e6 ? (bytes / 1e6).toFixed(1) : thousands(Math.round(bytes / 1e6));
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(2);
}
