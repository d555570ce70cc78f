import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Item } from '../simulator/attribute-value';

/** Name of the demo's table of bird strikes. Its key is `id`, a number. */
export const BIRD_STRIKES = 'bird-strikes';

const TEXT_COLUMNS = {
  airport: 'Airport Name',
  aircraft: 'Aircraft Make Model',
  damage: 'Effect Amount of damage',
  date: 'Flight Date',
  operator: 'Aircraft Airline Operator',
  state: 'Origin State',
  phase: 'Phase of flight',
  size: 'Wildlife Size',
  species: 'Wildlife Species',
  timeOfDay: 'Time of day',
} as const;

const NUMBER_COLUMNS = {
  costOther: 'Cost Other',
  costRepair: 'Cost Repair',
  costTotal: 'Cost Total $',
  speedKnots: 'Speed IAS in knots',
} as const;

/**
 * The vendored FAA wildlife strike reports as items, in the order of the file (data/SOURCE.md).
 * A report without a speed has no `speedKnots`.
 */
export function birdStrikes(): Item[] {
  const [header, ...rows] = readDemoFile('bird-strikes.csv.gz')
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((row, index) => {
    const cell = (column: string) => row[(header as string[]).indexOf(column)] as string;
    const item: Item = { id: { N: String(index + 1) } };
    for (const [name, column] of Object.entries(TEXT_COLUMNS)) item[name] = { S: cell(column) };
    for (const [name, column] of Object.entries(NUMBER_COLUMNS)) {
      if (cell(column) !== '') item[name] = { N: cell(column) };
    }
    return item;
  });
}

/** Text of a gzipped file in demo/data, found from the sources or from dist. @throws Error when it is missing */
function readDemoFile(name: string): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'demo', 'data', name);
    if (existsSync(path)) return gunzipSync(readFileSync(path)).toString('utf8');
    if (folder === dirname(folder))
      throw new Error(
        `The demo's data file ${name} is missing from this installation. Reinstall the package.`,
      );
  }
}
