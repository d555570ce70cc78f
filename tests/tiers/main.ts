/**
 * `npm test` and `npm run test:full`: the checks, then the spec files of a tier in parallel, one file per worker at a time.
 * Arguments: `quick`, `full` or `rest`, then parts of paths to run only those files, without the checks.
 */
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { BESIDE, type Check, endChecks, FIRST, runCheck } from './checks';
import { whenEndedEarly } from './ended-early';
import { Pool } from './pool';
import { cpuMs } from './process-tree';
import { makeRunFolder } from './run-folder';
import { RunReport } from './run-report';
import { specFiles } from './spec-files';
import type { SpecResult, SpecTask } from './spec-result';
import { isTier, type Tier, TIERS } from './tier';
import { readTimes, writeTimes } from './times';

const ROOT = join(__dirname, '../..');
/** One more than cores, because specs sometimes wait. */
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
  const folder = makeRunFolder();
  const pool = new Pool<SpecTask, SpecResult>({
    module: join(__dirname, 'spec-worker.ts'),
    size: Math.min(WORKERS, files.length),
    environment: { ...process.env, TESTS_TIER: tier, TMPDIR: folder.path },
    next: () => {
      const file = queue.shift();
      return file === undefined ? undefined : { paths: [join(ROOT, file)] };
    },
    started: (task) => report.started(fileOf(task)),
    done: (task, outcome) => report.finished(fileOf(task), outcome),
    late: (why) => report.late(why),
  });
  whenEndedEarly(async () => {
    await Promise.all([pool.end(), endChecks()]);
    folder.remove();
  });
  const check = async (name: Check) => report.checked(await runCheck(name));
  if (wanted.length === 0) {
    // This compiles the specs. They run even if a type is wrong.
    await check(FIRST);
  }
  const checks = async () => {
    if (wanted.length === 0) for (const name of BESIDE[tier]) await check(name);
  };
  await Promise.all([pool.run(), checks()]);
  folder.remove();
  const passed = report.end(cpuMs());
  if (wanted.length === 0) writeTimes(report.times(cpuMs()));
  return passed;
}

const USAGE = `Usage: ${TIERS.join(' | ')} [PART OF A PATH ...]; with parts, only the files whose paths contain them run.`;

/** @throws Error for wrong arguments */
function argumentsOf(words: readonly string[]): { readonly tier: Tier; readonly wanted: readonly string[] } {
  const [tier = 'quick', ...parts] = words;
  if (!isTier(tier)) throw new Error(`Unknown tier: ${tier}. ${USAGE}`);
  const wanted = parts.map((part) => part.replace(/^\.\//, ''));
  const all = specFiles(ROOT, tier, undefined);
  const unknown = wanted.filter((part) => !all.some((file) => file.includes(part)));
  if (unknown.length > 0)
    throw new Error(`No spec file of this tier has ${unknown.join(' or ')} in its path. ${USAGE}`);
  return { tier, wanted };
}

try {
  const { tier, wanted } = argumentsOf(process.argv.slice(2));
  main(tier, wanted).then(
    (passed) => process.exit(passed ? 0 : 1),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(2);
}
