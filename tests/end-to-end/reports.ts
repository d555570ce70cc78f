import assert from 'node:assert/strict';
import { runToEnd, type Ended } from './command';

/** What `status --json` prints of a table, as far as it is looked at here. */
export interface Report {
  readonly table: string;
  readonly running: boolean;
  readonly phase: string;
  readonly generation: number;
  readonly rows: number;
  readonly lagMs: number | null;
}

/** What `status` reports of the tables at a place. */
export async function reportsOf(to: string): Promise<readonly Report[]> {
  const { stdout, stderr } = await runToEnd(['status', '--to', to, '--json']);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Report[];
}

/** @throws AssertionError with what a command has printed, when it failed */
export function assertFine({ code, stdout, stderr }: Ended): void {
  assert.equal(code, 0, stdout + stderr);
}
