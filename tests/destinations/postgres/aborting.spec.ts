import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Clock } from '../../../runtime/clock';
import { onAbort } from '../../../runtime/abort';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { checkpoint, COLUMNS, JSON_TYPE, loadRows, ORDERS, published } from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

/** Pauses on it end by their signal only. */
class StandingClock implements Clock {
  /** Called when a pause begins. */
  onPause: () => void = () => undefined;

  elapsedMs(): number {
    return 0;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    this.onPause();
    return new Promise((_, reject) => onAbort(signal, () => reject(signal?.reason as Error)));
  }
}

describe('destination postgres: what waits ends when its signal aborts', () => {
  before(requirePostgres);

  const reason = new Error('it is not wanted any more');
  const clock = new StandingClock();
  let fixture: PostgresFixture;
  let other: Client;
  let stop: AbortController;
  beforeEach(async () => {
    fixture = await postgresFixture({ clock });
    other = new Client(fixture.database.url);
    await other.connect();
    stop = new AbortController();
    clock.onPause = () => stop.abort(reason);
  });
  afterEach(async () => {
    await other.end();
    await fixture.cleanup();
  });

  it('a comparison, and the server does not go on with it', async () => {
    const lease = await published(fixture, [['a', '1']]);
    await lease.startVerify();
    await other.query('BEGIN; LOCK TABLE _replicator.verify_1 IN ACCESS EXCLUSIVE MODE');
    const waiting = async () =>
      Number(
        (
          await fixture.sql(
            `SELECT count(*) AS sessions FROM pg_locks WHERE NOT granted AND relation = '_replicator.verify_1'::regclass`,
          )
        )[0]?.['sessions'],
      );
    const compared = assert.rejects(lease.compare(1, stop.signal), reason);
    while ((await waiting()) === 0);
    stop.abort(reason);
    await compared;
    // The one that it waits for has not ended.
    while ((await waiting()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await other.query('ROLLBACK');
    assert.equal((await lease.compare(1)).differences, 1);
    await lease.endVerify();
  });

  it('a lease that another process plainly has', async () => {
    await published(fixture, [['a', '1']]);
    await fixture.sql(
      `INSERT INTO _replicator.presences VALUES ('other', 'elsewhere', 4711, '{orders}', clock_timestamp() + interval '1 hour', NULL)`,
    );
    const second = new PostgresDestination(
      fixture.settings,
      { readSecret: () => Promise.reject(new Error('there are no secrets here')) },
      { clock },
    );
    try {
      await assert.rejects(second.lease(ORDERS, stop.signal), reason);
    } finally {
      await second.close();
    }
  });

  it('a widening that waits for those who read the table; all is as before, and it is done later', async () => {
    const lease = await published(fixture, [['a', '1']]);
    await other.query('BEGIN; SELECT * FROM orders');
    const wider = COLUMNS.map((column) =>
      column.name === 'value' ? { ...column, type: JSON_TYPE } : column,
    );
    await assert.rejects(lease.widen(wider, stop.signal), reason);
    assert.deepEqual(await lease.readColumns(), COLUMNS);
    await other.query('ROLLBACK');
    await lease.widen(wider, new AbortController().signal);
    await lease.startGeneration(2, checkpoint('second'));
    await loadRows(lease, [['a', '"1"']], { generation: 2, columns: wider });
  });
});
