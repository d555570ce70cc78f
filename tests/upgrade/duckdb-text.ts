import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DatabaseText } from './database-text';

const FOLDER = '{folder}';

export async function exported(path: string): Promise<DatabaseText> {
  return inFolder(async (folder) => {
    await run(path, `EXPORT DATABASE '${folder}' (FORMAT csv)`);
    const parts = readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), 'utf8').replaceAll(folder, FOLDER)] as const);
    return Object.fromEntries(parts);
  });
}

export async function imported(parts: DatabaseText, path: string): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, text] of Object.entries(parts))
      writeFileSync(join(folder, name), text.replaceAll(FOLDER, folder));
    await run(path, `IMPORT DATABASE '${folder}'`);
  });
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-upgrade-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs statements in a file that no process has open. */
export async function run(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  try {
    const connection = await instance.connect();
    await connection.run(sql);
    connection.closeSync();
  } finally {
    instance.closeSync();
  }
}
