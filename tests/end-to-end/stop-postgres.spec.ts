import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Relay } from '../destinations/postgres/relay';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { quickIf } from '../tiers/tier';
import { Command, endAll } from './command';
import { Source } from './source';

const STOP = ['--timeouts-stop-ms', '1000'];
/** Texts that occur only in statements for a pipeline’s checkpoint, and only in the search for requests. */
const CHANGES = 'another writer';
const MAILBOX = '_replicator.presences';

describe('Stopping while a PostgreSQL server hangs', () => {
  before(requirePostgres);

  let database: TestDatabase;
  let relay: Relay;
  let source: Source;
  beforeEach(async () => {
    database = await createDatabase();
    relay = await Relay.to(database.url);
    source = await Source.start({
      seed: 11,
      rate: 200,
      knobs: { exportDurationMs: [60_000, 120_000] },
    });
    source.table('orders', 100);
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    await relay.close();
    await database.drop();
  });

  const run = () => Command.start([...source.words('run', relay.url(database.url)), ...STOP]);

  /** Asserts that it ends within its limit. Without the limit, detecting the hang would take far longer. */
  async function assertEnds(command: Command, signal: NodeJS.Signals, code: number): Promise<void> {
    command.send(signal);
    const ended = await command.end();
    assert.equal(ended.code, code, command.picture());
    assert.match(ended.stderr, /Stopping took too long/);
  }

  const hangs: readonly { readonly what: string; readonly hang: (command: Command) => Promise<unknown> }[] = [
    { what: 'only the connection for requests', hang: () => relay.holdAt(MAILBOX) },
    { what: 'the connection of a pipeline', hang: () => relay.holdAt(CHANGES) },
    {
      what: 'every connection, including new ones',
      hang: async () => {
        relay.freeze();
        relay.takesConnections = false;
      },
    },
  ];
  for (const [i, { what, hang }] of hangs.entries()) {
    quickIf(i === 0).it(`ends with 0 within its limit: ${what}`, async () => {
      const command = run();
      await command.phase('stream');
      await hang(command);
      await assertEnds(command, i % 2 === 0 ? 'SIGTERM' : 'SIGINT', 0);
    });
  }

  it('ends with 0 at once before it could log in, without further messages', async () => {
    relay.takesConnections = false;
    const command = Command.start(source.words('run', relay.url(database.url)));
    while (!relay.isAsked) await pause(20);
    command.send('SIGTERM');
    const ended = await command.end();
    assert.equal(ended.code, 0, command.picture());
    assert.equal(ended.stderr, '');
  });

  quickIf(false).it('status ends within its limit', async () => {
    relay.takesConnections = false;
    const command = Command.start(['status', '--to', relay.url(database.url)]);
    while (!relay.isAsked) await pause(20);
    await assertEnds(command, 'SIGTERM', 4);
  });
});
