import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { runBulk } from './bulk';
import { startJob } from './child/start-job';
import { commitOf } from './commit';
import { entryOf } from './contenders/contenders';
import { FlagProblem, type Options, readFlags } from './flags';
import { runHeals } from './heals';
import { runLatencies } from './latencies';
import { startPostgres } from './postgres';
import { partSections } from './report/part-sections';
import { report } from './report/report';
import { withNewParts } from './report/update';
import type { Machine, Results } from './results';
import { root } from './root';
import { runShards } from './shards';
import { runStreaming } from './streaming';

const FILES = 4;
const LONGEST_GENERATION_MS = 300_000;

function machine(): Omit<Machine, 'load' | 'postgres'> {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

/** One-minute load average. */
function loadAverage(): number {
  return loadavg()[0] ?? 0;
}

async function main(words: readonly string[]): Promise<void> {
  const options = readFlags(words, join(root(), 'docs', 'PERFORMANCE.md'));
  const folder = mkdtempSync(join(tmpdir(), 'replicator-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const results = await run(options, words, folder);
  const notes = readFileSync(join(root(), 'bench', 'notes.md'), 'utf8');
  const text = report(results, notes);
  if (options.partial) {
    process.stdout.write(`\n${text}`);
    writeParts(options.output, results);
  } else {
    writeFileSync(options.output, text);
    tell(`wrote ${options.output}`);
  }
}

async function run(options: Options, words: readonly string[], folder: string): Promise<Results> {
  const startedMs = performance.now();
  const date = new Date().toISOString().slice(0, 10);
  const commit = commitOf(root());
  const loadBefore = loadAverage();
  const { shapes, contenders, rounds, seed, sizes, parts } = options;
  const { megabytes } = sizes;
  if (contenders.length > 0) {
    for (const shape of shapes) {
      tell(`generating ${megabytes} MB of shape ${shape}`);
      const bytesEach = (megabytes * 1e6) / FILES;
      await startJob(
        { kind: 'generate', folder, shape, seed, files: FILES, bytesEach },
        LONGEST_GENERATION_MS,
      );
    }
  }
  const server = needsPostgres(options) ? await startPostgres() : undefined;
  const database = server && (() => server.database());
  const bulk = await runBulk({ folder, shapes, contenders, rounds, database, tell });
  const streaming = parts.includes('streaming')
    ? await runStreaming({ ...sizes, folder, seed, rounds, database, tell })
    : [];
  const latency = parts.includes('latency') ? await runLatencies({ ...sizes, folder, database, tell }) : [];
  const shards = parts.includes('shards') ? await runShards({ ...sizes, tell }) : [];
  const healed = parts.includes('heals') ? await runHeals({ ...sizes, folder, seed, database, tell }) : [];
  await server?.stop();
  return {
    machine: {
      ...machine(),
      postgres: server && { version: server.version, lz4: server.lz4 },
      load: [loadBefore, loadAverage()],
    },
    words: words.join(' '),
    date,
    commit,
    rounds,
    megabytes,
    seconds: (performance.now() - startedMs) / 1_000,
    bulk: bulk.results,
    missing: bulk.missing,
    streaming,
    latency,
    shards,
    heals: healed,
  };
}

/** Updates the sections of the parts that were measured, so that nobody has to measure everything else for one. */
function writeParts(path: string, results: Results): void {
  const names = partSections(results).map(({ heading }) => `"${heading.slice(3)}"`);
  if (names.length === 0) return;
  writeFileSync(
    path,
    withNewParts(existsSync(path) ? readFileSync(path, 'utf8') : '# Performance\n', results),
  );
  tell(`wrote ${names.join(', ')} of ${path}`);
}

function needsPostgres({ contenders, parts }: Options): boolean {
  return (
    parts.some((part) => part !== 'shards') || contenders.some((name) => entryOf(name).needs === 'postgres')
  );
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  () => process.exit(0),
  (error: unknown) => {
    if (error instanceof FlagProblem) {
      (error.exitCode === 0 ? process.stdout : process.stderr).write(`${error.message}\n`);
      process.exit(error.exitCode);
    }
    console.error(error);
    process.exit(1);
  },
);
