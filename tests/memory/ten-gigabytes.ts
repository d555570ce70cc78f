import { cpus, loadavg } from 'node:os';
import { Client } from 'pg';
import { LocalPostgres } from '../../demo/postgres';
import { measureLoad } from './measured-load';

/**
 * Loads an export of 10 GB, which is generated while it is read, into a PostgreSQL server, and prints time and memory:
 * `npm run ten-gigabytes`, or for another size `npm run ten-gigabytes -- 2`. The database needs about two thirds of the size in
 * the folder for temporary files, and as much again for its log.
 */
const GIGABYTES = Number(process.argv[2] ?? 10);
const FILE_BYTES = 50e6;
/** Settings of a small server that survives a power cut. */
const SETTINGS = { fsync: 'on', shared_buffers: '512MB', max_wal_size: '8GB', checkpoint_timeout: '30min' };

async function main(): Promise<void> {
  const files = Math.round((GIGABYTES * 1e9) / FILE_BYTES);
  const server = await LocalPostgres.start({ settings: SETTINGS });
  try {
    console.log(`${files} files of ${FILE_BYTES / 1e6} MB; ${cpus().length} cores, load average ${load()}`);
    const tenths: number[] = [];
    const { items, rows, bytes, seconds, publishSeconds, peakBytes } = await measureLoad({
      shape: 'passing',
      files,
      bytesEach: FILE_BYTES,
      to: server.url(),
      rate: 10,
      onFile: (file, resident) => {
        const tenth = Math.ceil((file / files) * 10) - 1;
        if (tenths[tenth] === undefined)
          console.log(`  ${file} files: ${megabytes(resident)} resident, load average ${load()}`);
        tenths[tenth] = Math.max(tenths[tenth] ?? 0, resident);
      },
    });
    if (rows !== items) throw new Error(`Loaded ${rows} rows instead of ${items}.`);
    console.log(
      [
        `${(bytes / 1e9).toFixed(2)} GB, ${rows} rows, ${await sizeOf(server.url())} in PostgreSQL`,
        `loaded in ${seconds.toFixed(0)} s (${megabytes(bytes / seconds)}/s), published after ${publishSeconds.toFixed(0)} s more`,
        `replicator: peak ${megabytes(peakBytes)} resident; highest after a file, for each tenth of the load: ` +
          tenths.map((tenth) => Math.round(tenth / 1e6)).join(' '),
      ].join('\n'),
    );
  } finally {
    await server.stop();
  }
}

const load = (): string => loadavg()[0]!.toFixed(1);
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function sizeOf(url: string): Promise<string> {
  const client = new Client(url);
  await client.connect();
  const { rows } = await client.query<{ size: string }>(
    `SELECT pg_size_pretty(pg_total_relation_size('large')) AS size`,
  );
  await client.end();
  return rows[0]?.size ?? '';
}

void main();
