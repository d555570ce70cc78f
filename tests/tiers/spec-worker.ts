import { join, relative } from 'node:path';
import fc from 'fast-check';
import Mocha from 'mocha';
import { skippedReasons } from '../skip-loudly';
import { takeFigures } from './figures';
import { LoadedMocha } from './loaded-mocha';
import { cpuMs } from './process-tree';
import { progress } from './progress';
import { began, serve } from './serve';
import type { SpecResult, SpecTask } from './spec-result';
import { keepTier, leftToFull } from './tier';

const ROOT = join(__dirname, '../..');
const { Base } = Mocha.reporters;

/** Runs files with mocha without a time limit. The pool ends a worker that stalls. */
async function run({ paths, grep, environment = {} }: SpecTask): Promise<SpecResult> {
  const before = { cpu: cpuMs(), left: leftToFull(), skips: skippedReasons().length };
  Object.assign(process.env, environment);
  const failures: Mocha.Test[] = [];
  // Results are printed here, so mocha gets a silent reporter.
  const mocha = new LoadedMocha({ timeout: 0, grep, forbidOnly: true, reporter: class {} as never });
  const name = paths.map((path) => relative(ROOT, path)).join(', ');
  began(`${name}: its modules`);
  mocha.load(paths);
  // Read it now: a test may load other files.
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
  // What happens right after a test still belongs to its file.
  await new Promise((resolve) => setTimeout(resolve, 10));
  // Otherwise it would also catch what later files throw.
  dispose();
  if (failures.length > 0) Base.list(failures);
  return {
    passing: stats?.passes ?? 0,
    failing: failures.length,
    failures: failures.map((test) => `${test.fullTitle()}: ${test.err?.message.split('\n')[0] ?? ''}`),
    pending: stats?.pending ?? 0,
    leftToFull: left,
    skipped: skippedReasons().slice(before.skips),
    figures: takeFigures(),
    cpuMs: cpuMs() - before.cpu,
  };
}

// Like mocha's own command: an unhandled rejection fails the running test, or else this process.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
// Each case of a property test counts as progress.
fc.configureGlobal({ beforeEach: progress });
serve(run);
