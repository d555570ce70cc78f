import type { Engine, HealResult } from '../results';
import { markdownTable } from './markdown';
import { ENGINES, thousands } from './streaming-table';

export const HEALS_HEADING = '## Closing a gap';

export const HEALS = `The replicator is down for 30 hours, longer than a stream keeps its records, while an application changes some keys: of ten keys,
seven are updated, one is inserted, one deleted, and one inserted and deleted again. Then a heal closes the gap, or a full resync,
which loads the whole table. Items have about 160 bytes. The replicator reads the simulator, in another process on the same machine,
with the AWS SDK over a socket and default settings. After each publish the table is compared with the source. Each
figure is from one run.

Times are those of the replicator's own work. They leave out how long AWS takes for an export, which the simulator invents, and the
wait until the stream has passed it. Until the publish, the visible table keeps its rows from before the gap; "stalled" is the part
of that time that our work takes. The simulator counts bytes and read units by AWS's rules; one unit checks the permission to read keys.
Prices are [list prices](../cost/prices.ts).`;

const SCALING = `**What follows the changes:** bytes, lines, rows written, and the time for staging. Exports have a floor: AWS bills at least 10 MB for
each, and 30 hours need two. So a heal costs more than a resync of a table smaller than that. Keys read again are those that changed in
the last minutes before the gap and around the seam of the two exports. They are read at most 100 a second (setting
\`heal.readUnitsPerSecond\`), and most of that time is this pause. **What follows the table:** finding these keys scans it once, on a
connection that nothing waits for, and the publish finds the rows to replace by their keys, which DuckDB reads from all rows.`;

/** A resync beside a heal for each destination, and what the size of the gap does. */
export function healsTables(results: readonly HealResult[]): readonly string[] {
  const engines = [...new Set(results.map(({ engine }) => engine))];
  const tables = engines.map((engine) => sideBySide(results, engine)).filter((table) => table !== '');
  return [...tables, SCALING, scaling(results)];
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
