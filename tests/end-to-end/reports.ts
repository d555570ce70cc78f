import assert from 'node:assert/strict';
import { runToEnd, type Ended } from './command';

/** The part of a table's `status --json` that these tests use. */
export interface Report {
  readonly table: string;
  readonly running: boolean;
  readonly phase: string;
  readonly generation: number;
  readonly rows: number;
  readonly lagMs: number | null;
}

/** The reports of `status` for a destination. */
export async function reportsOf(to: string): Promise<readonly Report[]> {
  const { stdout, stderr } = await runToEnd(['status', '--to', to, '--json']);
  assert.equal(stderr, '');
  return JSON.parse(stdout) as Report[];
}

/** @throws AssertionError with the command's output if it failed */
export function assertFine({ code, stdout, stderr }: Ended): void {
  assert.equal(code, 0, stdout + stderr);
}
