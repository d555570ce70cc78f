import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILE = join(__dirname, '../../build/test-times.json');

export interface Time {
  /** A spec file, or one of the checks. */
  readonly name: string;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The times of a run. */
export interface Times {
  readonly tier: string;
  readonly wallMs: number;
  /** CPU time of all ended processes. */
  readonly cpuMs: number;
  readonly parts: readonly Time[];
}

/** The times of the last run, if there was one. */
export function readTimes(): Times | undefined {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Times;
  } catch {
    return undefined;
  }
}

export function writeTimes(times: Times): void {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify(times, undefined, 1));
}

const seconds = (ms: number) => (ms / 1_000).toFixed(1).padStart(8);

/** A table, most expensive first. */
export function timesTable({ tier, wallMs, cpuMs, parts }: Times): string {
  const dearest = [...parts].sort((a, b) => b.cpuMs - a.cpuMs || b.wallMs - a.wallMs);
  return [
    `   CPU s   wall s  of the last run (tier ${tier})`,
    ...dearest.map((time) => `${seconds(time.cpuMs)} ${seconds(time.wallMs)}  ${time.name}`),
    `${seconds(cpuMs)} ${seconds(wallMs)}  total, including database servers`,
  ].join('\n');
}
