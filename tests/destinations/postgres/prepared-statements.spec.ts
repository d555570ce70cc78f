import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PreparedStatements } from '../../../runtime/destinations/postgres/connection/prepared-statements';
import type { Column } from '../../../runtime/item/column';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import type { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { seed, sized } from '../../seeds';
import { attribute, checkpoint, COLUMNS, loadRows, ORDERS, TEXT, upsert } from '../conformance/orders';
import { destinationAt, postgresFixture, type PostgresFixture } from '../postgres-fixture';
import { Relay } from './relay';
import { StatementTexts, WireMessages } from './wire';

const MOST_STATEMENTS = 32;

describe('destination postgres: which statements are prepared', () => {
  it('each runs under the name of its text on the server, in any order and after any failure', () => {
    const texts = Array.from({ length: 50 }, (_, i) => `statement ${i}`);
    const long = 'x'.repeat(20_000);
    const trips = fc.array(
      fc.record({
        texts: fc.array(fc.constantFrom(...texts, long), { minLength: 1, maxLength: 60 }),
        failsAt: fc.option(fc.nat({ max: 60 })),
      }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(trips, (given) => {
        const prepared = new PreparedStatements();
        const session = new Map<string, string>();
        for (const trip of given) {
          const failsAt = trip.failsAt ?? Infinity;
          for (const [i, text] of trip.texts.entries()) {
            const { name, isNew } = prepared.next(text);
            // The server ignores the statements after the failed one.
            if (i > failsAt) continue;
            if (isNew) session.set(name, text);
            assert.equal(session.get(name), text);
          }
          if (failsAt < trip.texts.length) prepared.forget();
          assert.ok(session.size <= MOST_STATEMENTS + 1);
          assert.equal(session.get('') ?? long, long);
        }
      }),
      { seed: seed(), numRuns: sized(300) },
    );
  });
});

/** Records the texts that are parsed. */
class Recorder extends Relay {
  parsed: string[] = [];
  connections = 0;
  protected override prepare = (link: Parameters<Relay['prepare']>[0]) => {
    this.connections += 1;
    const messages = new WireMessages('client');
    const texts = new StatementTexts();
    link.toServer = (bytes) => {
      for (const message of messages.take(bytes)) {
        const text = texts.of(message);
        if (message.type === 'P') this.parsed.push(String(text));
      }
      return bytes;
    };
  };
}

const CONTROL = ['BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE', 'COMMIT'];

describe('destination postgres: commits by prepared statements', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let relay: Recorder;
  let destination: PostgresDestination;
  let store: PipelineStore;
  beforeEach(async () => {
    fixture = await postgresFixture();
    relay = await Recorder.to(fixture.database.url);
  });
  afterEach(async () => {
    await destination.close();
    await store.release().catch(() => undefined);
    await relay.close();
    await fixture.cleanup();
  });

  const publish = async (columns: readonly Column[] = COLUMNS) => {
    destination = destinationAt(relay.url(fixture.database.url));
    store = await destination.lease(ORDERS);
    await store.widen(columns);
    await store.startGeneration(1, checkpoint('generation 1'));
    await loadRows(store, [['a', '1', ...columns.slice(2).map(() => null)]], { columns });
    await store.publish(() => checkpoint('published'));
  };
  let commits = 0;
  const apply = (id: string, cells: readonly (string | null)[], columns: readonly Column[] = COLUMNS) =>
    store.apply(
      'visible',
      { columns, changes: [upsert(id, cells)] },
      checkpoint(`${(commits += 1)}`, { 'shard-1': `at ${commits}`, 'shard-2': `at ${commits}` }),
    );

  it('parses no statement twice', async () => {
    await publish();
    await apply('b', ['1']);
    await apply('c', ['2']);
    relay.parsed = [];
    await apply('d', ['3']);
    assert.deepEqual(relay.parsed, CONTROL);
    assert.deepEqual(await fixture.sql('SELECT id, value FROM orders ORDER BY id'), [
      { id: 'a', value: '1' },
      { id: 'b', value: '1' },
      { id: 'c', value: '2' },
      { id: 'd', value: '3' },
    ]);
  });

  it('prepares nothing behind a pooler', async () => {
    relay.looksLikePooler = true;
    await publish();
    await apply('b', ['1']);
    await apply('c', ['2']);
    relay.parsed = [];
    await apply('d', ['3']);
    assert.ok(relay.parsed.some((text) => text.includes('INSERT INTO "public"."orders"')));
  });

  it('continues on the same connection after a commit that the server refused', async () => {
    await publish();
    await fixture.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.id = 'refused' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$`);
    await fixture.sql('CREATE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION refuse()');
    await apply('b', ['1']);
    const { connections } = relay;
    await assert.rejects(apply('refused', ['2']));
    await apply('c', ['3']);
    await fixture.sql('DROP TRIGGER refuse ON orders');
    await apply('refused', ['4']);
    assert.equal(relay.connections, connections);
    assert.deepEqual(await fixture.sql('SELECT id, value FROM orders ORDER BY id'), [
      { id: 'a', value: '1' },
      { id: 'b', value: '1' },
      { id: 'c', value: '3' },
      { id: 'refused', value: '4' },
    ]);
  });

  it('writes the right rows with more statements than it keeps, while their tables change', async () => {
    const extra = Array.from({ length: 6 }, (_, i) => attribute(`x${i}`, TEXT));
    const wide = [...COLUMNS, ...extra];
    await publish(wide);
    const expected = new Map<string, readonly (string | null)[]>();
    const round = async (label: string) => {
      for (let i = 0; i < 2 * MOST_STATEMENTS; i++) {
        const cells = [label, ...extra.map((_, x) => ((i >> x) & 1 ? `${label} ${x}` : null))];
        expected.set(`${i}`, cells);
        await apply(`${i}`, cells, wide);
      }
    };
    await round('first');
    await fixture.sql('ALTER TABLE orders ADD COLUMN theirs text');
    await fixture.sql('CREATE INDEX ON orders (x1)');
    await round('second');
    await store.startGeneration(2, checkpoint('generation 2'));
    await loadRows(store, [['0', 'loaded', ...extra.map(() => null)]], { columns: wide, generation: 2 });
    await store.publish(() => checkpoint('published again'));
    expected.clear();
    await round('third');
    const rows = await fixture.sql('SELECT id, value, x0, x1, x2, x3, x4, x5 FROM orders');
    assert.equal(rows.length, expected.size);
    for (const { id, ...cells } of rows) assert.deepEqual(Object.values(cells), expected.get(String(id)));
  });
});
