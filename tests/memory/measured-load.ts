import { fork } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from '../end-to-end/command';
import type { FromWorker } from '../tiers/messages';
import { progress } from '../tiers/progress';
import type { Shape } from './shapes';
import type { Ready } from './source-process';

const RATE = 100;

export interface LoadOptions {
  /** `passing`: items of a few attributes, in files that are generated on each read. */
  readonly shape: Shape | 'passing';
  readonly files: number;
  /** Uncompressed size. */
  readonly bytesEach: number;
  /** Destination in the form of `--to`; default: a DuckDB file. */
  readonly to?: string;
  /** Additional flags of the replicator. */
  readonly words?: readonly string[];
  /** How many times as fast as real time the simulator's clock runs. */
  readonly rate?: number;
  /** Called when a file is committed, with the replicator's resident memory. */
  readonly onFile?: (file: number, residentBytes: number) => void;
}

/** A load with the command as users run it. Bytes are uncompressed, times are real. */
export interface MeasuredLoad {
  readonly items: number;
  readonly bytes: number;
  readonly rows: number;
  readonly peakBytes: number;
  readonly seconds: number;
  /** Time from the last file to the publish. */
  readonly publishSeconds: number;
}

/** Whether the system reports the peak memory of a process. */
export const canMeasure = existsSync('/proc/self/status');

/** Loads a generated export, with source and replicator in separate processes. @throws Error if it is not published */
export async function measureLoad({
  shape,
  files,
  bytesEach,
  to,
  words = [],
  rate = RATE,
  onFile,
}: LoadOptions): Promise<MeasuredLoad> {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-memory-'));
  const source = fork(join(__dirname, 'source-process.ts'), [shape, files, bytesEach, rate].map(String), {
    execArgv: ['-r', join(__dirname, '../load-typescript.cjs')],
    env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '..', '..', 'tsconfig.json') },
  });
  try {
    const ready = await new Promise<Ready>((resolve, reject) => {
      source.on('message', (message: Ready | FromWorker) => {
        if ('url' in message) resolve(message);
        else progress();
      });
      source.once('exit', (code) => reject(new Error(`The source exited with code ${code}.`)));
    });
    const command = Command.start([
      ...['run', '--table', 'large', '--bucket', 'exports', '--to', to ?? join(folder, 'large.duckdb')],
      ...[
        '--endpoint',
        ready.url,
        '--clock-rate',
        String(rate),
        '--log-format',
        'json',
        '--log-level',
        'debug',
      ],
      ...words,
    ]);
    try {
      await command.line('phase load', ({ phase }) => phase === 'load');
      const startedAt = performance.now();
      let loadedAt = startedAt;
      for (let file = 1; file <= files; file++) {
        const committed = () => command.lines.filter(({ event }) => event === 'load.fileCommitted').length;
        await command.line(`file ${file}`, () => committed() >= file);
        loadedAt = performance.now();
        onFile?.(file, memoryOf(command.pid, 'VmRSS'));
      }
      const published = await command.line('published', ({ event }) => event === 'pipeline.published');
      const publishedAt = performance.now();
      const { rows } = JSON.parse(published.text) as { rows: number };
      const peakBytes = memoryOf(command.pid, 'VmHWM');
      command.send('SIGTERM');
      const { code, stdout } = await command.end();
      if (code !== 0) throw new Error(`The replicator exited with code ${code}: ${stdout.slice(-2_000)}`);
      return {
        items: ready.items,
        bytes: ready.bytes,
        rows,
        peakBytes,
        seconds: (loadedAt - startedAt) / 1_000,
        publishSeconds: (publishedAt - loadedAt) / 1_000,
      };
    } finally {
      if (!command.hasEnded) await command.kill();
    }
  } finally {
    source.disconnect();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `VmHWM`: peak; `VmRSS`: present resident memory. */
function memoryOf(pid: number, what: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kilobytes] = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`no ${what} in\n${status}`);
  return Number(kilobytes) * 1024;
}
