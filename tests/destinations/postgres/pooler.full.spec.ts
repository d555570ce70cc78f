import assert from 'node:assert/strict';
import { CommitOutcomeUnknown } from '../../../runtime/destinations/errors';
import type { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres, testServer } from '../../postgres-server';
import { skipLoudly } from '../../skip-loudly';
import { leasesConformance } from '../conformance/leases';
import { loadsConformance } from '../conformance/loads';
import {
  attribute,
  checkpoint,
  COLUMNS,
  ID,
  JSON_TYPE,
  ORDERS,
  published,
  TEXT,
  upsert,
} from '../conformance/orders';
import { randomConformance } from '../conformance/random';
import { verifyConformance } from '../conformance/verify';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';
import { findPooler, Pooler } from './pooler';
import { Relay } from './relay';

describe('destination postgres behind a transaction pooler', () => {
  let pooler: Pooler;
  const fixtures: PostgresFixture[] = [];
  before(requirePostgres);
  before(async function () {
    const program = findPooler();
    if (program === undefined) skipLoudly(this, 'there is no pgbouncer here');
    pooler = await Pooler.start(program, (await testServer()).url());
  });
  after(() => pooler?.stop());
  afterEach(async () => {
    for (const fixture of fixtures.splice(0)) await fixture.cleanup();
  });

  const open = async () => {
    const fixture = await postgresFixture({ through: (url) => pooler.url(url), smallTableBytes: 0 });
    fixtures.push(fixture);
    return fixture;
  };

  it('reports the pooler', async () => {
    const { destination } = await open();
    const lines = await destination.check([]);
    assert.deepEqual(
      lines.filter(({ requirement }) => requirement.includes('pooler')).map(({ met }) => met),
      [true],
    );
    const plain = await postgresFixture();
    fixtures.push(plain);
    const direct = await plain.destination.check([]);
    assert.ok(!direct.some(({ requirement }) => requirement.includes('pooler')));
  });

  it('leaves no session state behind for others', async () => {
    const fixture = await open();
    const store = await published(fixture, [['a', '1']]);
    await store.widen([ID, attribute('value', JSON_TYPE), attribute('new', TEXT)]);
    await store.apply('visible', { columns: COLUMNS, changes: [upsert('b', ['2'])] }, checkpoint('applied'));
    const { rows } = await fixture.destination.query(
      `SELECT current_setting('enable_seqscan'), current_setting('search_path'), current_setting('statement_timeout'),
         (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'),
         (SELECT count(*) FROM pg_prepared_statements)`,
    );
    assert.deepEqual(rows, [['on', '"$user", public', '0', '0', '0']]);
  });

  it('lets the next replicator take over at once, and fences the previous one', async () => {
    const fixture = await open();
    const first = await published(fixture, [['a', '1']]);
    const mailbox = mailboxOf(fixture.destination);
    await mailbox.announce({ id: 'other', host: 'elsewhere', pid: 7, tables: ['orders'] });
    const second = await fixture.destination.lease(ORDERS);
    await second.save(checkpoint('second'));
    await assert.rejects(first.save(checkpoint('first')), { name: 'LeaseLost' });
    assert.deepEqual(
      (await mailbox.present()).map(({ host }) => host),
      ['elsewhere'],
    );
  });

  for (const [what, lastBytes] of [
    ['a batch', Infinity],
    ['the end of a batch', 200],
  ] as const) {
    it(`C3: does not execute ${what} that arrives after it was looked up`, async () => {
      const relay = await Relay.to(pooler.url((await testServer()).url()));
      const fixture = await postgresFixture({
        through: (url) => relay.url(url),
        patience: { connectMs: 2_000, silenceMs: 300 },
      });
      fixtures.push(fixture);
      const store = await published(fixture, [['a', '1']]);
      const batch = (id: string) => ({ columns: COLUMNS, changes: [upsert(id, ['2'])] });
      const late = relay.lateAt('COMMIT\0', lastBytes);
      await assert.rejects(store.apply('visible', batch('b'), checkpoint('late')), CommitOutcomeUnknown);
      assert.equal((await store.readCheckpoint())?.head, 'published');
      (await late).arrive();
      await store.apply('visible', batch('c'), checkpoint('next'));
      assert.equal((await store.readCheckpoint())?.head, 'next');
      assert.deepEqual(await fixture.sql('SELECT id FROM orders ORDER BY id'), [{ id: 'a' }, { id: 'c' }]);
      await relay.close();
    });
  }

  leasesConformance(open);
  loadsConformance(open);
  verifyConformance(open);
  randomConformance(open, 1);
});

function mailboxOf({ control }: PostgresDestination) {
  assert.ok(control.kind === 'mailbox');
  return control.mailbox;
}
