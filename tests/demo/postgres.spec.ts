import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { findInstallations, LocalPostgres, NoPostgres } from '../../demo/postgres';
import { skipLoudly } from '../skip-loudly';
import type { Started } from './postgres-process';

describe('a PostgreSQL server that belongs to this process', () => {
  before(function () {
    if (findInstallations().length === 0) skipLoudly(this, new NoPostgres().message);
  });

  const query = async (url: string, sql: string) => {
    const client = new Client(url);
    await client.connect();
    try {
      return (await client.query(sql)).rows as readonly unknown[];
    } finally {
      await client.end();
    }
  };

  it('accepts connections only from this machine and with its password', async () => {
    const postgres = await LocalPostgres.start({ settings: { work_mem: '7MB' } });
    try {
      const [settings] = await query(
        postgres.url(),
        `SELECT current_setting('listen_addresses') AS listens, current_setting('work_mem') AS memory`,
      );
      assert.deepEqual(settings, { listens: '127.0.0.1', memory: '7MB' });
      const wrong = new URL(postgres.url());
      wrong.password = 'guessed';
      await assert.rejects(query(wrong.href, 'SELECT 1'), /password authentication failed/);
    } finally {
      await postgres.stop();
    }
    assert.equal(existsSync(postgres.folder), false);
    await assert.rejects(query(postgres.url(), 'SELECT 1'), /ECONNREFUSED/);
  });

  it('keeps committed data and its port through a crash', async () => {
    const postgres = await LocalPostgres.start();
    try {
      await query(postgres.url(), 'CREATE TABLE kept AS SELECT 1 AS one');
      const { port } = postgres;
      await postgres.halt('crash');
      await assert.rejects(query(postgres.url(), 'SELECT 1'), /ECONNREFUSED/);
      await postgres.startAgain();
      assert.equal(postgres.port, port);
      assert.deepEqual(await query(postgres.url(), 'SELECT * FROM kept'), [{ one: 1 }]);
    } finally {
      await postgres.stop();
    }
  });

  it('ends with its process, however that ends', async () => {
    const child = fork(join(__dirname, 'postgres-process.ts'), {
      execArgv: ['-r', join(__dirname, '../load-typescript.cjs')],
    });
    const [{ folder, url }] = (await once(child, 'message')) as [Started];
    assert.deepEqual(await query(url, 'SELECT 1 AS one'), [{ one: 1 }]);
    child.kill('SIGKILL');
    while (existsSync(folder)) await pause(20);
    await assert.rejects(query(url, 'SELECT 1'), /ECONNREFUSED/);
  });
});
