/**
 * `npm test` and `npm run test:full`: the checks, then the spec files of a tier, side by side, each worker one file at a time.
 * Arguments: `quick`, `full` or `rest`; after it parts of paths, for those files alone, without the checks.
 */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fastestFolder } from '../fastest-folder';
import { BESIDE, type Check, FIRST, runCheck } from './checks';
import { Pool } from './pool';
import { cpuMs } from './process-tree';
import { RunReport } from './run-report';
import { specFiles } from './spec-files';
import type { SpecResult, SpecTask } from './spec-result';
import type { Tier } from './tier';
import { readTimes, writeTimes } from './times';

const ROOT = join(__dirname, '../..');
/** Specs wait now and then, so that there is work for one more than there are cores. */
const WORKERS = Math.min(availableParallelism() + 1, 8);

const fileOf = ({ paths: [path = ''] }: SpecTask) => relative(ROOT, path);

async function main(tier: Tier, wanted: readonly string[]): Promise<boolean> {
  const last = readTimes();
  const files = specFiles(ROOT, tier, last).filter(
    (file) => wanted.length === 0 || wanted.some((part) => file.includes(part)),
  );
  const left =
    tier === 'quick'
      ? specFiles(ROOT, 'full', undefined).length - specFiles(ROOT, 'quick', undefined).length
      : 0;
  const report = new RunReport(tier, files.length, left);
  report.begin(wanted.length === 0);
  const queue = [...files];
  const pool = new Pool<SpecTask, SpecResult>({
    module: join(__dirname, 'spec-worker.ts'),
    size: Math.min(WORKERS, files.length),
    environment: { ...process.env, TESTS_TIER: tier, TMPDIR: fastestFolder() },
    next: () => {
      const file = queue.shift();
      return file === undefined ? undefined : { paths: [join(ROOT, file)] };
    },
    started: (task) => report.started(fileOf(task)),
    done: (task, outcome) => report.finished(fileOf(task), outcome),
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      pool.end();
      process.exit(130);
    });
  }
  const check = async (name: Check) => report.checked(await runCheck(name));
  if (wanted.length === 0) {
    // Without compiled files there is nothing to run; a wrong type in one does not keep the others from it.
    await check(FIRST);
  }
  const checks = async () => {
    if (wanted.length === 0) for (const name of BESIDE[tier]) await check(name);
  };
  await Promise.all([pool.run(), checks()]);
  const passed = report.end(cpuMs());
  if (wanted.length === 0) writeTimes(report.times(cpuMs()));
  return passed;
}

const [tier = 'quick', ...wanted] = process.argv.slice(2);
main(tier as Tier, wanted).then(
  (passed) => process.exit(passed ? 0 : 1),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
