import assert from 'node:assert/strict';
import { findInstallations, LocalPostgres, NoPostgres } from '../../../demo/postgres';
import { skipLoudly } from '../../skip-loudly';
import { attribute, checkpoint, ID, JSON_TYPE, loadRows, ORDERS, TEXT } from '../conformance/orders';
import { destinationAt } from '../postgres-fixture';

const COLUMNS = [ID, attribute('value', TEXT), attribute('document', JSON_TYPE)];

describe('destination postgres: compression of large values', () => {
  it('is lz4 if the server supports it', async function () {
    const installations = findInstallations();
    if (installations.length === 0) skipLoudly(this, new NoPostgres().message);
    for (const installation of installations) {
      const postgres = await LocalPostgres.start({ installation });
      const destination = destinationAt(postgres.url());
      try {
        const { rows } = await destination.query(
          `SELECT FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)`,
        );
        if (rows.length === 0) continue;
        const store = await destination.lease(ORDERS);
        await store.widen(COLUMNS);
        await store.startGeneration(1, checkpoint('generation 1'));
        const long = 'compress me '.repeat(2000);
        await loadRows(store, [['a', long, JSON.stringify({ long })]], { columns: COLUMNS });
        await store.publish(() => checkpoint('published'));
        await store.widen([
          ...COLUMNS.slice(0, 1),
          attribute('value', JSON_TYPE),
          COLUMNS[2]!,
          attribute('new', TEXT),
        ]);
        const found = await destination.query(
          `SELECT pg_column_compression(value), pg_column_compression(document),
             (SELECT attcompression FROM pg_attribute WHERE attrelid = 'orders'::regclass AND attname = 'new') FROM orders`,
        );
        assert.deepEqual(found.rows, [['lz4', 'lz4', 'l']]);
        await store.release();
        return;
      } finally {
        await destination.close();
        await postgres.stop();
      }
    }
    skipLoudly(this, 'no installed PostgreSQL has lz4 (Debian: apt install postgresql)');
  });
});
