import {
  CONTENDER_NAMES,
  type ContenderEntry,
  type ContenderName,
  entryOf,
  isFor,
} from '../contenders/contenders';
import type { Measured } from '../measured';
import type { BulkResult, Results } from '../results';
import type { Shape } from '../shapes/shapes';
import { figure, ratio } from '../statistics';
import { markdownTable } from './markdown';

const MEGABYTE = 1e6;

export const bytesPerSecond = ({ bytes, seconds }: Measured): number => bytes / seconds;
const itemsPerSecond = ({ items, seconds }: Measured): number => items / seconds;
/** Speed with a core for each of the two threads: that of the busier one, by its CPU time. */
export function busierThreadRate({ cpuSeconds, mainCpuSeconds, bytes }: Measured): number | undefined {
  if (mainCpuSeconds === undefined) return undefined;
  return bytes / Math.max(mainCpuSeconds, cpuSeconds - mainCpuSeconds);
}

const cpuPerGigabyte = ({ cpuSeconds, bytes }: Measured): number => (cpuSeconds * 1e9) / bytes;

/** A contender that the others of a group are compared with. */
export interface Reference {
  readonly contender: ContenderName;
  /** Title of the column. */
  readonly title: string;
}

/** One table per shape, with a row per contender of the group and its speed as a multiple of each reference. */
export function bulkTables(
  results: Results,
  group: ContenderEntry['group'],
  references: readonly Reference[],
): string {
  const names = CONTENDER_NAMES.filter((name) => entryOf(name).group === group);
  const of = (shape: Shape, contender: ContenderName) => find(results.bulk, shape, contender);
  const shapes = [...new Set(results.bulk.map(({ shape }) => shape))];
  const tables = shapes.map((shape) => {
    const rows = names
      .filter((name) => isFor(name, shape))
      .map((name) => row(name, of(shape, name), shape, of, references));
    const head = [
      'MB/s',
      'k items/s',
      'CPU s per GB',
      'main thread',
      'peak RSS, MB',
      ...references.map(({ title }) => title),
    ];
    return markdownTable([shape, ...head, 'noise'], rows);
  });
  return tables.join('\n\n');
}

export function find(
  bulk: readonly BulkResult[],
  shape: Shape,
  contender: ContenderName,
): readonly Measured[] {
  return bulk.find((result) => result.shape === shape && result.contender === contender)?.rounds ?? [];
}

function row(
  name: ContenderName,
  rounds: readonly Measured[],
  shape: Shape,
  of: (shape: Shape, contender: ContenderName) => readonly Measured[],
  references: readonly Reference[],
): readonly string[] {
  const { title } = entryOf(name);
  if (rounds.length === 0) return [title, ...Array.from({ length: 6 + references.length }, () => '–')];
  const rate = figure(rounds.map(bytesPerSecond));
  return [
    title,
    (rate.median / MEGABYTE).toFixed(1),
    (figure(rounds.map(itemsPerSecond)).median / 1e3).toFixed(1),
    figure(rounds.map(cpuPerGigabyte)).median.toFixed(1),
    mainPerGigabyte(rounds),
    String(Math.round(Math.max(...rounds.map(({ peakBytes }) => peakBytes)) / MEGABYTE)),
    ...references.map(({ contender }) => {
      const times = ratio(rounds.map(bytesPerSecond), of(shape, contender).map(bytesPerSecond));
      return times === undefined ? '–' : times.median.toFixed(2);
    }),
    `±${Math.round(rate.noise * 100)} %`,
  ];
}

function mainPerGigabyte(rounds: readonly Measured[]): string {
  const known = rounds.flatMap(({ mainCpuSeconds, bytes }) =>
    mainCpuSeconds === undefined ? [] : [(mainCpuSeconds * 1e9) / bytes],
  );
  return known.length === 0 ? '–' : figure(known).median.toFixed(1);
}
