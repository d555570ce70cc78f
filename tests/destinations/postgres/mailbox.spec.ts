import assert from 'node:assert/strict';
import { CommitOutcomeUnknown } from '../../../runtime/destinations/errors';
import type { Mailbox } from '../../../runtime/destinations/mailbox';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { destinationAt, NO_SECRETS, postgresFixture, type PostgresFixture } from '../postgres-fixture';
import { Relay } from './relay';

const mailboxOf = ({ control }: PostgresDestination): Mailbox => {
  assert.ok(control.kind === 'mailbox');
  return control.mailbox;
};

describe('destination postgres: its mailbox', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let other: PostgresDestination;
  let here: Mailbox;
  let there: Mailbox;
  beforeEach(async () => {
    fixture = await postgresFixture();
    other = new PostgresDestination(fixture.settings, NO_SECRETS);
    [here, there] = [mailboxOf(fixture.destination), mailboxOf(other)];
  });
  afterEach(async () => {
    await other.close();
    await fixture.cleanup();
  });

  const presence = { id: 'a', host: 'h"o\'st', pid: 7, tables: ['orders', 'with "quotes"'] };

  it('is empty in a database that no replicator has used, and leaves it so', async () => {
    assert.deepEqual(await there.present(), []);
    assert.deepEqual(await fixture.sql(`SELECT FROM pg_namespace WHERE nspname = '_replicator'`), []);
  });

  it('delivers requests to their replicator, each once and in order, and returns answers line by line', async () => {
    await here.announce(presence);
    const [found] = await there.present();
    assert.deepEqual({ ...found, seen: undefined }, { ...presence, seen: undefined });
    const posted = [];
    for (const body of ['first', 'é😀 "second"', 'third']) posted.push(await there.post('a', body));
    const collected = await here.collect();
    assert.deepEqual(
      collected.map(({ body }) => body),
      ['first', 'é😀 "second"', 'third'],
    );
    assert.deepEqual(
      collected.map(({ id }) => id),
      posted,
    );
    assert.deepEqual(await here.collect(), []);
    const [first = '', second = ''] = posted;
    assert.deepEqual(await there.read(first, 0), []);
    await here.answer(first, 'line 0');
    await here.answer(second, 'of the second');
    await here.answer(first, 'line 1');
    assert.deepEqual(await there.read(first, 0), ['line 0', 'line 1']);
    assert.deepEqual(await there.read(first, 1), ['line 1']);
    assert.deepEqual(await there.read(first, 2), []);
    await there.discard(first);
    assert.equal(await there.read(first, 0), undefined);
    await here.answer(first, 'too late');
    assert.equal(await there.read(first, 0), undefined);
    assert.deepEqual(await there.read(second, 0), ['of the second']);
  });

  for (const when of ['before', 'after'] as const) {
    it(`C3: collects requests again when the connection broke ${when} the server had the commit`, async () => {
      const relay = await Relay.to(fixture.database.url);
      const broken = destinationAt(relay.url(fixture.database.url));
      const mailbox = mailboxOf(broken);
      await mailbox.announce(presence);
      const request = await there.post('a', 'body');
      void relay.cutAt('COMMIT\0', when);
      await assert.rejects(mailbox.collect(), CommitOutcomeUnknown);
      assert.deepEqual(await mailbox.collect(), [{ id: request, body: 'body' }]);
      assert.deepEqual(await mailbox.collect(), []);
      await broken.close();
      await relay.close();
    });
  }

  it('renews the presence on another connection when its own went silent, long before a writing connection is abandoned', async () => {
    const relay = await Relay.to(fixture.database.url);
    const silent = destinationAt(relay.url(fixture.database.url), {
      patience: { silenceMs: 24 * 3_600_000, presenceSilenceMs: 50 },
    });
    const mailbox = mailboxOf(silent);
    await mailbox.announce(presence);
    const isHeld = relay.holdAt('BEGIN');
    await assert.rejects(mailbox.collect(), { kind: 'retry' });
    await isHeld;
    assert.deepEqual(await mailbox.collect(), []);
    await silent.close();
    await relay.close();
  });

  it('drops the requests for a replicator that is gone or never existed', async () => {
    await here.announce(presence);
    const request = await there.post('a', 'body');
    await here.withdraw();
    assert.deepEqual(await there.present(), []);
    assert.equal(await there.read(request, 0), undefined);
    assert.equal(await there.read(await there.post('a', 'body'), 0), undefined);
    assert.deepEqual(await here.collect(), []);
  });

  it('lists a replicator only while it renews its presence', async () => {
    await here.announce(presence);
    await fixture.sql(`UPDATE _replicator.presences SET seen = seen - interval '16 seconds'`);
    assert.deepEqual(await there.present(), []);
    await here.collect();
    assert.equal((await there.present()).length, 1);
    const [fresh] = await fixture.sql('SELECT xmin::text FROM _replicator.presences');
    await here.collect();
    assert.deepEqual(
      await fixture.sql('SELECT xmin::text FROM _replicator.presences'),
      [fresh],
      'it is not written each time',
    );
    await fixture.sql('DELETE FROM _replicator.presences');
    await here.collect();
    assert.equal((await there.present()).length, 1);
  });

  it('removes what killed processes left behind', async () => {
    await here.announce(presence);
    await there.post('a', 'body');
    await fixture.sql(`UPDATE _replicator.presences SET seen = seen - interval '25 hours'`);
    await there.announce({ ...presence, id: 'b' });
    assert.deepEqual(await fixture.sql('SELECT id FROM _replicator.presences'), [{ id: 'b' }]);
    assert.deepEqual(await fixture.sql('SELECT id FROM _replicator.requests'), []);
  });
});
