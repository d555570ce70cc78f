import { join, relative } from 'node:path';
import fc from 'fast-check';
import Mocha from 'mocha';
import { skippedReasons } from '../skip-loudly';
import { LoadedMocha } from './loaded-mocha';
import { cpuMs } from './process-tree';
import { progress } from './progress';
import { began, serve } from './serve';
import type { SpecResult, SpecTask } from './spec-result';
import { keepTier, leftToFull } from './tier';

const ROOT = join(__dirname, '../..');
const { Base } = Mocha.reporters;

/** Runs files with mocha, without any limit of time: what stalls is ended from outside. */
async function run({ paths, grep, environment = {} }: SpecTask): Promise<SpecResult> {
  const before = { cpu: cpuMs(), left: leftToFull(), skips: skippedReasons().length };
  Object.assign(process.env, environment);
  const failures: Mocha.Test[] = [];
  // What a reporter gets is printed here; mocha needs one that is silent.
  const mocha = new LoadedMocha({ timeout: 0, grep, forbidOnly: true, reporter: class {} as never });
  const name = paths.map((path) => relative(ROOT, path)).join(', ');
  began(`${name}: its modules`);
  mocha.load(paths);
  // Now: a test may load other files.
  const left = leftToFull() - before.left;
  keepTier(mocha.suite);
  const { stats, dispose } = await new Promise<Pick<Mocha.Runner, 'stats'> & { dispose(): void }>(
    (resolve) => {
      const runner = mocha.run(() => resolve({ stats: runner.stats, dispose: () => runner.dispose() }));
      runner.on('hook', (hook) => began(hook.fullTitle()));
      runner.on('test', (test) => began(test.fullTitle()));
      runner.on('fail', (test, err: Error) => failures.push(Object.assign(test, { err })));
    },
  );
  // What a test has left to happen right after it is still its file's.
  await new Promise((resolve) => setTimeout(resolve, 10));
  // It listens to this process, and would take what later files throw for its own.
  dispose();
  if (failures.length > 0) Base.list(failures);
  return {
    passing: stats?.passes ?? 0,
    failing: failures.length,
    failures: failures.map((test) => `${test.fullTitle()}: ${test.err?.message.split('\n')[0] ?? ''}`),
    pending: stats?.pending ?? 0,
    leftToFull: left,
    skipped: skippedReasons().slice(before.skips),
    cpuMs: cpuMs() - before.cpu,
  };
}

// As mocha's own command does: what no test waits for fails the test that runs, or else this process.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
// Each case of a property is progress.
fc.configureGlobal({ beforeEach: progress });
serve(run);
