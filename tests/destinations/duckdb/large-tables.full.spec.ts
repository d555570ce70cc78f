import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { sized } from '../../seeds';
import { progress } from '../../tiers/progress';
import { begin, checkpoint, ORDERS } from '../conformance/orders';
import type { Fixture } from '../fixture';

/** Many times the memory of DuckDB, in rows that do not compress. */
const ROWS = sized(300_000);
const MEMORY_BYTES = 128 * 2 ** 20;

describe('destination duckdb: tables much larger than the memory', () => {
  let folder: string;
  let destination: DuckDBDestination;
  let store: PipelineStore;
  const sql = (text: string) => destination.query(text);
  /** Rows as SQL: `id`, and a text of 400 characters that is a function of `id` and `version`. */
  const rows = (version: string) => `SELECT 'key ' || i AS id,
    array_to_string([md5(i || '/' || k || ${version}) FOR k IN range(12)], '') AS value FROM range(${ROWS}) t(i)`;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'replicator-large-'));
    const settings = duckdbSettings(join(folder, 'large.duckdb'), { memoryLimitBytes: MEMORY_BYTES });
    destination = new DuckDBDestination(settings, { beforeStatement: progress });
    store = await begin({ destination } as Partial<Fixture> as Fixture);
    await sql(`INSERT INTO __r_loading_1 (id, value) ${rows("''")}`);
    await store.publish(() => checkpoint('published'));
  });
  after(async () => {
    await destination.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are compared by a verify', async () => {
    await store.startVerify();
    await sql(
      `INSERT INTO _replicator.verify_1 (id, value) ${rows(`CASE WHEN i % ${ROWS / 3} = 7 THEN '*' ELSE '' END`)}`,
    );
    const compared = await store.compare(10);
    assert.equal(compared.rowsCompared, ROWS);
    assert.equal(compared.differences, 3);
    const expected = [7, ROWS / 3 + 7, (ROWS / 3) * 2 + 7].map((i) => `key ${i}`);
    assert.deepEqual(new Set(compared.examples.map(({ key }) => key['id'])), new Set(expected));
    await store.endVerify();
  });

  it('P2: are replaced by another generation, which writes only the differences', async () => {
    await store.startGeneration(2, checkpoint('generation 2'));
    await sql(`INSERT INTO __r_loading_1 (id, value)
      SELECT * FROM (${rows("CASE WHEN i % 100 = 7 THEN '*' ELSE '' END")}) WHERE id <> 'key 1'`);
    const { rows: left, written } = await store.publish(() => checkpoint('published again'));
    assert.deepEqual({ left, written }, { left: ROWS - 1, written: ROWS / 100 + 1 });
    assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, ROWS - 1);
  });

  it('G3, G4: are healed with as many lines', async () => {
    await store.startGeneration(3, checkpoint('healing'), 'lines');
    // Every second row has a line, and every tenth of these is a delete.
    await sql(`INSERT INTO _replicator.lines_1 (__key, __action, __known, __source_time, id, value)
      SELECT id, CASE WHEN n % 20 = 0 THEN 'delete' ELSE 'upsert' END, n % 20 <> 0, epoch_ms(0), id, value
      FROM (SELECT *, substr(id, 5)::BIGINT AS n FROM (${rows("'+'")})) WHERE n % 2 = 0`);
    let found = 0;
    const rule = { since: 0, untimed: true, edges: [{ from: 1, to: 2 }] };
    await store.findKeys(rule, async (keys) => void (found += keys.length));
    assert.equal(found, ROWS / 2 - 1);
    const healed = await store.publishHeal(() => checkpoint('healed'));
    const deleted = ROWS / 20;
    assert.deepEqual(healed, { rows: ROWS - 1 - deleted, written: ROWS / 2, deadLetters: 0 });
  });
});
