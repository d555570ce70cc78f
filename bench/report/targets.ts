import type { ContenderName } from '../contenders/contenders';
import type { Engine, Results } from '../results';
import { SHAPES, type Shape } from '../shapes/shapes';
import { figure, ratio } from '../statistics';
import { busierThreadRate, bytesPerSecond, find } from './bulk-tables';
import { markdownTable } from './markdown';
import { changesPerSecond, ENGINES, thousands } from './streaming-table';

/** A target and the measured figures. */
interface Target {
  readonly what: string;
  /** Empty: for information only. */
  readonly reach: string;
  readonly measured: readonly Reached[];
}

interface Reached {
  /** For example `flat 64 % (66 %)`. */
  readonly text: string;
  readonly reached: boolean;
}

export const TARGETS_HEADING = '## Targets';

/** One target in the table: what, the target, what was measured, and whether that reached it. */
export type TargetRow = readonly [what: string, reach: string, measured: string, reached: string];

export const NOT_MEASURED = 'not measured';

/** The project's own targets, each with the figures of this run. */
export function targetRows(results: Results): readonly TargetRow[] {
  const targets: Target[] = [
    {
      what: 'decode vs gunzip only',
      reach: '≥ 60 % on every shape',
      measured: SHAPES.flatMap((shape) => times(results, shape, 'scanner', 'gunzip', 0.6, percent)),
    },
    {
      what: '… by CPU time of the busier thread',
      reach: '',
      measured: SHAPES.flatMap((shape) => byThread(results, shape, 'scanner', 'gunzip', percent)),
    },
    {
      what: 'decode vs `JSON.parse` per line',
      reach: '≥ 4× on every shape',
      measured: SHAPES.flatMap((shape) => times(results, shape, 'scanner', 'json-parse', 4, factor)),
    },
    {
      what: '… by CPU time of the busier thread',
      reach: '',
      measured: SHAPES.flatMap((shape) => byThread(results, shape, 'scanner', 'json-parse', factor)),
    },
    {
      what: 'load into PostgreSQL vs `COPY` of a ready file',
      reach: '≥ 85 %',
      measured: SHAPES.flatMap((shape) => times(results, shape, 'postgres', 'copy', 0.85, percent)),
    },
    {
      what: '… vs parallel `COPY` on all cores',
      reach: '',
      measured: SHAPES.flatMap((shape) => times(results, shape, 'postgres', 'copy-together', 0, percent)),
    },
    {
      what: "load into DuckDB vs DuckDB's own `read_json` load",
      reach: '≥ 1× sparse, ≥ 3× nested',
      measured: [
        ...times(results, 'flat', 'duckdb', 'read-json', 1, factor),
        ...times(results, 'sparse', 'duckdb', 'read-json', 1, factor),
        ...times(results, 'nested', 'duckdb', 'read-json', 3, factor),
      ],
    },
    {
      what: 'peak RSS of a load into PostgreSQL',
      reach: '≤ 150 MB',
      measured: SHAPES.flatMap((shape) => memory(results, shape, 'postgres', 150e6)),
    },
    {
      what: 'peak RSS of a load into DuckDB',
      reach: '≤ 450 MB, nested ≤ 700 MB',
      measured: SHAPES.flatMap((shape) =>
        memory(results, shape, 'duckdb', shape === 'nested' ? 700e6 : 450e6),
      ),
    },
    {
      what: 'PostgreSQL apply, batches of 1,000, 10M rows',
      reach: '≥ 25k changes/s, or ≥ 70 % of prepared',
      measured: applied(results, 'postgres', 25_000),
    },
    {
      what: 'DuckDB apply, batches of 1,000, 10M rows',
      reach: '≥ 15k changes/s, or ≥ 70 % of prepared',
      measured: applied(results, 'duckdb', 15_000),
    },
    {
      what: 'write-to-visible latency at 1,000 writes/s',
      reach: 'p50 < 400 ms, p99 < 1.2 s',
      measured: results.latency
        .filter(({ writesPerSecond }) => writesPerSecond === 1_000)
        .map(({ engine, p50Ms, p99Ms }) => ({
          text: `${ENGINES[engine]} ${Math.round(p50Ms)} and ${Math.round(p99Ms)} ms`,
          reached: p50Ms < 400 && p99Ms < 1_200,
        })),
    },
  ];
  return targets.map(({ what, reach, measured }) => [
    what,
    reach,
    measured.length === 0 ? NOT_MEASURED : measured.map(({ text }) => text).join(', '),
    measured.length === 0 || reach === '' ? '–' : verdict(measured),
  ]);
}

export function targetTable(rows: readonly (readonly string[])[]): string {
  return markdownTable(['', 'target', 'measured', 'reached'], rows, 4);
}

function verdict(measured: readonly Reached[]): string {
  const reached = measured.filter((one) => one.reached).length;
  if (reached === measured.length) return 'yes';
  return measured.length === 1 ? 'no' : `${reached} of ${measured.length}`;
}

function times(
  { bulk }: Results,
  shape: Shape,
  of: ContenderName,
  to: ContenderName,
  least: number,
  format: (value: number) => string,
): readonly Reached[] {
  const [ours, theirs] = [of, to].map((contender) => find(bulk, shape, contender).map(bytesPerSecond));
  const found = ratio(ours ?? [], theirs ?? []);
  if (ours === undefined || theirs === undefined || found === undefined) return [];
  const best = Math.max(...ours) / Math.max(...theirs);
  return [{ text: `${shape} ${format(found.median)} (${format(best)})`, reached: found.median >= least }];
}

/** The ratio with a core for each thread, when nothing else runs on the machine. */
function byThread(
  { bulk }: Results,
  shape: Shape,
  of: ContenderName,
  to: ContenderName,
  format: (value: number) => string,
): readonly Reached[] {
  const rates = (contender: ContenderName) =>
    find(bulk, shape, contender).flatMap((round) => busierThreadRate(round) ?? []);
  const found = ratio(rates(of), rates(to));
  return found === undefined ? [] : [{ text: `${shape} ${format(found.median)}`, reached: true }];
}

function memory({ bulk }: Results, shape: Shape, contender: ContenderName, most: number): readonly Reached[] {
  const rounds = find(bulk, shape, contender);
  if (rounds.length === 0) return [];
  const peak = Math.max(...rounds.map(({ peakBytes }) => peakBytes));
  return [{ text: `${shape} ${Math.round(peak / 1e6)} MB`, reached: peak <= most }];
}

/** On slow machines the share of the database's own speed counts. */
const LEAST_OF_PREPARED = 0.7;

function applied({ streaming }: Results, engine: Engine, least: number): readonly Reached[] {
  return streaming
    .filter(({ engine: of, rows, batch }) => of === engine && rows === 10_000_000 && batch === 1_000)
    .map(({ ours, prepared }) => {
      const rates = ours.map(changesPerSecond);
      const rate = figure(rates).median;
      const share = ratio(rates, prepared.map(changesPerSecond))?.median ?? 0;
      return {
        text: `${thousands(Math.round(rate))}/s, ${percent(share)}`,
        reached: rate >= least || share >= LEAST_OF_PREPARED,
      };
    });
}

const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
const factor = (value: number): string => `${value.toFixed(1)}×`;
