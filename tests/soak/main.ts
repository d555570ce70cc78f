/** `npm run soak`: runs all random and long tests, seed after seed, for a given time. `--help` lists the parts. */
import { join } from 'node:path';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { endChecks, runCheck } from '../tiers/checks';
import { whenEndedEarly } from '../tiers/ended-early';
import { Pool } from '../tiers/pool';
import { makeRunFolder } from '../tiers/run-folder';
import type { SpecResult, SpecTask } from '../tiers/spec-result';
import { type Flags, Help, readFlags, Usage } from './flags';
import { PARTS } from './parts';
import { Soak, type Turn } from './soak';

const ROOT = join(__dirname, '../..');
const STATUS_EVERY_MS = 30_000;
/** A seed that still runs this long after the soak's end never ends: none takes a third of it. */
const LAST_SEEDS_MS = 15 * 60_000;

interface SoakTask extends SpecTask {
  readonly turn: Turn;
}

async function main(flags: Flags): Promise<boolean> {
  const { only, minutes, seed, complete } = flags;
  const soak = new Soak(
    PARTS.filter(({ name }) => only.length === 0 || only.includes(name)),
    flags,
  );
  console.log(
    complete
      ? 'Running the long count of each part, from seed 1 on. This takes hours.'
      : `Running seeds from ${seed} on, ${minutes === Infinity ? `${flags.seeds} of each part` : `for ${minutes} minutes`}.`,
  );
  const folder = makeRunFolder();
  let stopped = false;
  let isLate = false;
  let end = endChecks;
  whenEndedEarly(
    async () => {
      await end();
      folder.remove();
    },
    () => {
      console.log('Stopping after the seeds that are running. Press Ctrl-C again to stop now.');
      stopped = true;
    },
  );
  // Compiles once what all workers load.
  const types = await runCheck('types');
  if (!types.passed) console.log(types.output);
  const startedAt = performance.now();
  const pool = new Pool<SoakTask, SpecResult>({
    module: join(__dirname, '../tiers/spec-worker.ts'),
    size: Math.min(availableParallelism(), 4),
    environment: { ...process.env, TMPDIR: folder.path },
    next: () => {
      if (stopped || performance.now() - startedAt > minutes * 60_000) return undefined;
      const turn = soak.next();
      return turn && taskOf(turn);
    },
    done: ({ turn }, { result, failed, output, wallMs }) => {
      const isFailed = failed !== undefined || (result?.failing ?? 0) > 0;
      const skipped = !isFailed && result?.passing === 0;
      soak.ended(turn, { ms: wallMs, failed: isFailed, skipped, ...(result && { figures: result.figures }) });
      if (skipped)
        console.log(`${turn.part.name} cannot be run here: ${result.skipped.join('; ') || output}`);
      if (!isFailed) return;
      console.log(`FAILED ${turn.part.name}, seed ${turn.seed}\n${output}`);
      if (failed !== undefined) console.log(`  ${failed.during}: ${failed.why}`);
      console.log(`  Again: ${soak.failures.at(-1)?.command}\n`);
    },
    late: (why) => {
      isLate = true;
      console.log(`FAILED ${why}\n`);
    },
  });
  const timer = setInterval(() => {
    const passed = Math.round((performance.now() - startedAt) / 1_000);
    console.log(`${passed} s: ${soak.seeds} seeds, ${soak.failures.length} failed`);
  }, STATUS_EVERY_MS);
  end = () => pool.end();
  await Promise.race([pool.run(), lastSeedsLate(minutes)]);
  await pool.end();
  const given = soak.giveUp();
  if (given > 0)
    console.log(`FAILED ${given} seeds that had not ended after another ${LAST_SEEDS_MS / 60_000} minutes`);
  folder.remove();
  clearInterval(timer);
  console.log(`\n${soak.table()}\n`);
  for (const { command } of soak.failures) console.log(`FAILED; again: ${command}`);
  for (const missed of soak.missed) console.log(`FAILED ${missed}`);
  const failing = soak.failures.length + soak.missed.length;
  console.log(`  ${soak.passed} passing`);
  console.log(`  ${failing} failing`);
  return failing === 0 && types.passed && !isLate;
}

/** Settles when the last seeds should have ended long ago. */
function lastSeedsLate(minutes: number): Promise<void> {
  if (minutes === Infinity) return new Promise(() => undefined);
  return pause(minutes * 60_000 + LAST_SEEDS_MS, undefined, { ref: false });
}

function taskOf(turn: Turn): SoakTask {
  const { part, seed, size } = turn;
  return {
    turn,
    paths: part.specs.map((spec) => join(ROOT, spec)),
    ...(part.grep !== undefined && { grep: part.grep }),
    environment: { SEED: String(seed), SIZE: String(size) },
  };
}

try {
  main(readFlags(process.argv.slice(2), Date.now(), process.env['SIZE'])).then(
    (passed) => process.exit(passed ? 0 : 1),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
} catch (error) {
  if (!(error instanceof Usage)) throw error;
  console.log(error.message);
  process.exit(error instanceof Help ? 0 : 2);
}
