import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { requirePostgres } from '../../postgres-server';
import { sized } from '../../seeds';
import { full } from '../../tiers/tier';
import { checkpoint, COLUMNS, ORDERS, published, upsert } from '../conformance/orders';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

const COMMITS = sized(2_000);
const LOOKED_AT = 100;
/** A server updates its statistics when a session is idle, or at a commit a second after the last update. */
const COUNTED_AFTER_MS = 1_100;

describe("destination postgres: while another session's snapshot keeps every row version", () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let reader: Client;
  beforeEach(async () => {
    fixture = await postgresFixture();
    reader = new Client(fixture.database.url);
    await reader.connect();
  });
  afterEach(async () => {
    await reader.end();
    await fixture.cleanup();
  });

  full.it(`commit ${COMMITS} reads no more pages of the bookkeeping tables than the first`, async () => {
    const store = await published(fixture, [['0', 'loaded']]);
    let commits = 0;
    const commit = async () => {
      commits += 1;
      const change = upsert(String(commits), ['changed']);
      const shards = { 'shard-1': `at ${commits}`, [`shard-${commits % 7}`]: `at ${commits}` };
      await store.apply('visible', { columns: COLUMNS, changes: [change] }, checkpoint(`${commits}`, shards));
    };
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await reader.query('SELECT count(*) FROM orders');
    await blocksOf(fixture, commit, LOOKED_AT);
    const first = await blocksOf(fixture, commit, LOOKED_AT);
    while (commits < COMMITS) await commit();
    const last = await blocksOf(fixture, commit, LOOKED_AT);
    console.log(
      `      ${(first / LOOKED_AT).toFixed(1)} and ${(last / LOOKED_AT).toFixed(1)} pages a commit`,
    );
    assert.ok(last < 1.5 * first, `${first} pages at first, ${last} in the end`);
    await assertHead(store, commits);
  });
});

async function assertHead(store: PipelineStore, commits: number): Promise<void> {
  const stored = await store.readCheckpoint();
  assert.equal(stored?.head, String(commits));
  assert.equal(stored?.shards.get(`shard-${commits % 7}`), `at ${commits}`);
}

/** Pages of the bookkeeping tables and their indexes that this many commits read. */
async function blocksOf(
  fixture: PostgresFixture,
  commit: () => Promise<void>,
  commits: number,
): Promise<number> {
  const read = async () => {
    await sleep(COUNTED_AFTER_MS);
    await commit();
    const [row] = await fixture.sql(
      `SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::float8 AS blocks
         FROM pg_statio_user_tables WHERE schemaname = '_replicator' AND relname IN ('heads', 'shards', 'pipelines')`,
    );
    return Number(row?.['blocks']);
  };
  const before = await read();
  for (let i = 0; i < commits; i++) await commit();
  return (await read()) - before;
}

describe('destination postgres: a session that keeps every row version', () => {
  before(requirePostgres);

  it('is named after it has done so for long', async () => {
    const fixture = await postgresFixture({ heldLongMs: 1 });
    const reader = new Client({ connectionString: fixture.database.url, application_name: 'nightly backup' });
    await reader.connect();
    try {
      await published(fixture, [['a', 'loaded']]);
      const slowedBy = async () => (await fixture.destination.inspect(ORDERS.pipeline))?.slowedBy;
      assert.equal(await slowedBy(), undefined);
      await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
      await reader.query('SELECT 1');
      await sleep(2);
      assert.match((await slowedBy()) ?? '', /^session \d+ of \w+ \(nightly backup\)$/);
      await reader.query('ROLLBACK');
      assert.equal(await slowedBy(), undefined);
    } finally {
      await reader.end();
      await fixture.cleanup();
    }
  });
});
