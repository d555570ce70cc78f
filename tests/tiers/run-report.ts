import type { CheckResult } from './checks';
import type { Outcome } from './pool';
import type { SpecResult } from './spec-result';
import type { Tier } from './tier';
import type { Time, Times } from './times';

const STATUS_EVERY_MS = 10_000;

/** On two idle cores. */
const ABOUT: Readonly<Record<Tier, string>> = {
  quick: 'about 3 minutes',
  full: 'about 12 minutes',
  rest: 'about 9 minutes',
};

/** What a run prints: its duration, its progress, what failed, and at the end what it did not run. */
export class RunReport {
  private readonly startedAt = performance.now();
  private readonly parts: Time[] = [];
  private readonly running = new Set<string>();
  /** Checks and spec files, each followed by its failures. */
  private readonly failed: string[] = [];
  private readonly skipped = new Map<string, number>();
  private counts = { files: 0, passing: 0, failing: 0, pending: 0, left: 0 };
  private timer: NodeJS.Timeout | undefined;

  /** @param leftFiles number of spec files that only the full tier runs */
  constructor(
    private readonly tier: Tier,
    private readonly files: number,
    private readonly leftFiles: number,
  ) {}

  begin(whole: boolean): void {
    const what = whole ? `checks and ${this.files} spec files` : `${this.files} spec files`;
    const time = whole ? `; ${ABOUT[this.tier]} on two idle cores, longer on a busy machine` : '';
    console.log(`Running ${what}${time}.`);
    this.timer = setInterval(() => this.status(), STATUS_EVERY_MS);
  }

  started(file: string): void {
    this.running.add(file);
  }

  checked({ passed, output, ...time }: CheckResult): void {
    this.parts.push(time);
    console.log(`${this.clock()}  ${time.name} ${passed ? 'passed' : 'FAILED'}`);
    if (passed) return;
    this.failed.push(time.name);
    console.log(output);
  }

  finished(file: string, { result, failed, output, wallMs }: Outcome<SpecResult>): void {
    this.running.delete(file);
    this.parts.push({ name: file, wallMs, cpuMs: result?.cpuMs ?? 0 });
    const { counts } = this;
    counts.files += 1;
    counts.passing += result?.passing ?? 0;
    counts.failing += result?.failing ?? 1;
    counts.pending += result?.pending ?? 0;
    counts.left += result?.leftToFull ?? 0;
    for (const why of result?.skipped ?? []) this.skipped.set(why, (this.skipped.get(why) ?? 0) + 1);
    if (failed === undefined && result?.failing === 0) return;
    const failures = failed === undefined ? result?.failures : [`${failed.during}: ${failed.why}`];
    this.failed.push(file, ...(failures ?? []).map((failure) => `  ${failure}`));
    console.log(`${this.clock()}  FAILED ${file}\n${output}`);
    if (failed !== undefined) console.log(`  ${failed.during}: ${failed.why}\n`);
    console.log(`  To run it alone: npx mocha ${file}\n`);
  }

  /** A worker failed after its files were done. */
  late(why: string): void {
    this.counts.failing += 1;
    this.failed.push(why.split('\n')[0] ?? '');
    console.log(`${this.clock()}  FAILED ${why}\n`);
  }

  /** Returns whether all passed. */
  end(cpuMs: number): boolean {
    clearInterval(this.timer);
    const { passing, failing, pending, left } = this.counts;
    console.log(`\n  ${passing} passing (${this.clock().trim()}, ${Math.round(cpuMs / 1_000)} CPU seconds)`);
    if (failing > 0) console.log(`  ${failing} failing`);
    if (pending > 0) console.log(`  ${pending} pending`);
    for (const line of this.failed) console.log(`  FAILED ${line}`);
    for (const [why, times] of this.skipped) console.log(`!!! Skipped (${times}): ${why}`);
    if (this.tier === 'quick')
      console.log(
        `Not run: ${left} tests and ${this.leftFiles} spec files of the full tier (npm run test:full), ` +
          'and the random and long tests (npm run soak -- --minutes 10).',
      );
    return this.failed.length === 0;
  }

  times(cpuMs: number): Times {
    return { tier: this.tier, wallMs: performance.now() - this.startedAt, cpuMs, parts: this.parts };
  }

  private status(): void {
    const { files, passing, failing } = this.counts;
    const names = [...this.running].map((file) => file.replace(/^tests\/|\.spec\.ts$/g, '')).join(', ');
    console.log(
      `${this.clock()}  ${files} of ${this.files} files, ${passing} tests passed` +
        `${failing > 0 ? `, ${failing} FAILED` : ''}; now ${names}`,
    );
  }

  /** Time since the start, `m:ss`. */
  private clock(): string {
    const seconds = Math.floor((performance.now() - this.startedAt) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
  }
}
