import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from '../end-to-end/command';
import type { Shape } from './shapes';
import type { Ready } from './source-process';

const RATE = 100;
const LONGEST_MS = 240_000;

export interface LoadOptions {
  readonly shape: Shape;
  readonly files: number;
  /** Uncompressed. */
  readonly bytesEach: number;
  /** Where to, as `--to` takes it; default: a DuckDB file. */
  readonly to?: string;
  /** Settings of the replicator that are not its defaults. */
  readonly words?: readonly string[];
}

/** A load by the command as users run it. Bytes uncompressed, times real. */
export interface MeasuredLoad {
  readonly items: number;
  readonly bytes: number;
  readonly rows: number;
  readonly peakBytes: number;
  readonly seconds: number;
}

/** Whether the system tells the most memory a process has had at a time. */
export const canMeasure = existsSync('/proc/self/status');

/** Loads a generated export with the source in one process and the replicator in another. @throws Error when it is not published */
export async function measureLoad({
  shape,
  files,
  bytesEach,
  to,
  words = [],
}: LoadOptions): Promise<MeasuredLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-memory-'));
  const source = fork(join(__dirname, 'source-process.ts'), [shape, files, bytesEach, RATE].map(String), {
    execArgv: ['-r', 'ts-node/register/transpile-only'],
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '..', '..', 'tsconfig.json') },
  });
  try {
    const [ready] = (await once(source, 'message')) as [Ready];
    const command = Command.start([
      ...['run', '--table', 'large', '--bucket', 'exports', '--to', to ?? join(folder, 'large.duckdb')],
      ...[
        '--endpoint',
        ready.url,
        '--clock-rate',
        String(RATE),
        '--log-format',
        'json',
        '--log-level',
        'debug',
      ],
      ...words,
    ]);
    try {
      await command.line('phase load', ({ phase }) => phase === 'load', LONGEST_MS);
      const startedAt = performance.now();
      let loadedAt = startedAt;
      for (let file = 1; file <= files; file++) {
        const committed = () => command.lines.filter(({ event }) => event === 'load.fileCommitted').length;
        await command.line(`file ${file}`, () => committed() >= file, LONGEST_MS);
        loadedAt = performance.now();
      }
      const published = await command.line(
        'published',
        ({ event }) => event === 'pipeline.published',
        LONGEST_MS,
      );
      const { rows } = JSON.parse(published.text) as { rows: number };
      const peakBytes = peakOf(command.pid);
      command.send('SIGTERM');
      const { code, stdout } = await command.end();
      if (code !== 0) throw new Error(`it ended with ${code}: ${stdout.slice(-2_000)}`);
      return {
        items: ready.items,
        bytes: ready.bytes,
        rows,
        peakBytes,
        seconds: (loadedAt - startedAt) / 1_000,
      };
    } finally {
      if (!command.hasEnded) await command.kill();
    }
  } finally {
    source.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`no VmHWM in\n${status}`);
  return Number(kilobytes) * 1024;
}
