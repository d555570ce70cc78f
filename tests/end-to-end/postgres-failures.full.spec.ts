import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { findInstallations, LocalPostgres, NoPostgres } from '../../demo/postgres';
import { derivedRandom } from '../../simulator/random';
import { Relay } from '../destinations/postgres/relay';
import { seed, sized } from '../seeds';
import { skipLoudly } from '../skip-loudly';
import { Command, type Ended, endAll, type Line, runToEnd } from './command';
import { assertEqual, assertLoadedOnce } from './contents';
import { settle } from './settle';
import { Source, type SourceTable } from './source';

const SEED = seed();
const ITEMS = 8_000;
const WRITES_PER_SECOND = 300;
const SERVER_KILLS = sized(2);
const CUTS = sized(2);
/** In the message that ends a transaction, but not in READ COMMITTED. */
const COMMIT = 'COMMIT\0';
/** Only in the message that applies and commits changes. */
const CHANGES = 'another writer';

describe('Failures of a PostgreSQL server under load', () => {
  let server: LocalPostgres;
  let source: Source;
  let table: SourceTable;

  before(async function () {
    if (findInstallations().length === 0) skipLoudly(this, new NoPostgres().message);
    server = await LocalPostgres.start();
  });
  after(() => server?.stop());
  beforeEach(async () => {
    await administer('CREATE DATABASE replica TEMPLATE template0');
    source = await Source.start({
      seed: SEED,
      rate: 100,
      knobs: { exportFiles: 12, exportDurationMs: [60_000, 120_000] },
    });
    // Files arrive so slowly that the load takes a while.
    source.simulator.faults.add({
      service: 's3',
      operation: 'GetObject',
      containing: '/data/',
      answer: { kind: 'delay', ms: 100 },
    });
    table = source.table('orders', ITEMS);
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    await administer('DROP DATABASE replica WITH (FORCE)');
  });

  const administer = (sql: string, url = server.url()) => query(url, sql);
  const replica = () => server.url('replica');
  const start = (to: string, ...more: string[]) =>
    Command.start([...source.words('run', to), '--load-connections', '2', ...more]);
  /** Follows until every write is applied, and checks every row. */
  const endsEqual = async (command: Command) => {
    await settle(command, [table]);
    await assertEqual(replica(), table, `SEED=${SEED}`);
    await assertLoadedOnce(replica(), source.simulator, `SEED=${SEED}`);
  };

  it(`F38, C3, P1: killed ${SERVER_KILLS} times and restarted: loses nothing and applies nothing twice`, async () => {
    const random = derivedRandom(SEED, 'kills of the server');
    const command = start(replica());
    await command.phase('load');
    table.write(WRITES_PER_SECOND);
    const killedIn: Record<string, number> = {};
    for (let kill = 1; kill <= SERVER_KILLS; kill++) {
      // The first half of the kills is during the load, which ends when the server allows it.
      if (kill === SERVER_KILLS / 2 + 1) await command.phase('stream');
      await pause(random.integer(50, 600));
      const phase = phaseOf(command);
      killedIn[phase] = (killedIn[phase] ?? 0) + 1;
      await server.halt('crash');
      const before = retries(command).length;
      await command.line('that it waits', (line) => isRetry(line) && retries(command).length > before);
      await server.startAgain();
    }
    await endsEqual(command);
    assert.ok((killedIn['load'] ?? 0) > 0 && (killedIn['stream'] ?? 0) > 0, JSON.stringify(killedIn));
    assert.match(messages(command), /No answer from PostgreSQL database replica on 127\.0\.0\.1:\d+/);
  });

  it(`C3: connections cut ${CUTS} times at a commit, which succeeded or not: loses nothing and applies nothing twice`, async () => {
    const relay = await Relay.to(replica());
    try {
      const random = derivedRandom(SEED, 'cuts');
      const command = start(relay.url(replica()));
      await command.phase('load');
      table.write(WRITES_PER_SECOND);
      for (let cut = 1; cut <= CUTS; cut++) {
        const isLoad = cut <= CUTS / 2;
        if (cut === CUTS / 2 + 1) await command.phase('stream');
        await relay.cutAt(isLoad ? COMMIT : CHANGES, random.pick(['before', 'after']));
        await pause(random.integer(0, 300));
      }
      await endsEqual(command);
      assert.match(messages(command), /broke .*reads back whether the commit happened/);
    } finally {
      await relay.close();
    }
  });

  it('F38: a full disk during the load and the stream: reports it, waits, and loses nothing', async function () {
    const disk = join(server.folder, 'disk');
    mkdirSync(disk);
    const owner = process.getuid?.() === 0 ? ',uid=65534,gid=65534' : '';
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=48m,mode=700${owner}`, 'tmpfs', disk]);
    if (mounted.status !== 0) skipLoudly(this, 'a full disk needs the right to mount a tmpfs');
    const filler = join(disk, 'filler');
    try {
      await administer(`CREATE TABLESPACE small LOCATION '${disk}'`);
      await administer('ALTER DATABASE replica SET TABLESPACE small');
      /** Leaves too little space for a load, and frees it once that is logged. */
      const fill = async (command: Command, leave: number) => {
        const { bavail, bsize } = statfsSync(disk);
        const before = messages(command).length;
        writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - leave)));
        await command.line('that the disk is full', () => FULL.test(messages(command).slice(before)));
        rmSync(filler);
      };
      const command = start(replica());
      await command.phase('load');
      await fill(command, 200_000);
      await command.phase('stream');
      table.write(WRITES_PER_SECOND);
      await fill(command, 0);
      await endsEqual(command);
    } finally {
      await endAll();
      await administer('ALTER DATABASE replica SET TABLESPACE pg_default').catch(() => undefined);
      await administer('DROP TABLESPACE IF EXISTS small').catch(() => undefined);
      spawnSync('umount', ['-l', disk]);
    }
  });

  it('a revoked privilege: check prints the statement that grants it again, and then it continues by itself', async () => {
    await administer(
      `CREATE ROLE replicator LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE replica TO replicator`,
    );
    try {
      await administer('GRANT CREATE ON SCHEMA public TO replicator', replica());
      const to = replica().replace(/\/\/.*@/, '//replicator:x@');
      const command = start(to);
      await command.phase('stream');
      await administer('REVOKE INSERT ON orders FROM replicator', replica());
      table.write(WRITES_PER_SECOND);
      await command.line('that it lacks a privilege', () => /lacks a privilege/.test(messages(command)));
      assert.match(messages(command), /table orders\..*dynamodb-replicator check/);
      const check = await runToEnd(source.words('check', to));
      assert.equal(check.code, 1, shown(check));
      const [grant] = /GRANT INSERT ON [^;]*;/.exec(check.stdout) ?? [];
      assert.ok(grant !== undefined, shown(check));
      await administer(grant, replica());
      await endsEqual(command);
    } finally {
      await endAll();
      await administer('DROP OWNED BY replicator', replica());
      await administer('DROP OWNED BY replicator; DROP ROLE replicator');
    }
  });

  // Takes as long as it takes to detect that a replicator is suspended.
  it('C2: a replicator that was suspended while another took over reports it and ends; loses nothing and applies nothing twice', async () => {
    const first = start(replica());
    await first.phase('load');
    table.write(WRITES_PER_SECOND);
    first.send('SIGSTOP');
    const second = start(replica());
    await second.phase('load');
    first.send('SIGCONT');
    const { code, stdout, stderr } = await first.end();
    assert.equal(code, 1, stdout + stderr);
    assert.match(stdout + stderr, /Another replicator has taken over pipeline .*orders, so this one stops/);
    await endsEqual(second);
  });
});

const FULL = /cannot write to its disk.*No space left.*Free or add space/;

async function query(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const isRetry = ({ event }: Line): boolean => event === 'destination.retry';
const retries = ({ lines }: Command): readonly Line[] => lines.filter(isRetry);
const messages = (command: Command): string =>
  retries(command)
    .map(({ text }) => (JSON.parse(text) as { message: string }).message)
    .join('\n');

function phaseOf({ lines }: Command): string {
  return lines.findLast(({ event }) => event === 'pipeline.phase')?.phase ?? 'nothing';
}

const shown = ({ stdout, stderr }: Ended): string => stdout + stderr;
