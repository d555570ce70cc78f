import assert from 'node:assert/strict';
import type { Destination } from '../../runtime/destinations/destination';
import { attribute, checkpoint, ID, INT64, ORDERS, published, TEXT } from './conformance/orders';

const COLUMNS = [ID, attribute('note', TEXT), attribute('n', INT64)];
const REMOVED = {
  columns: COLUMNS,
  changes: [{ action: 'delete', keyText: 'b', sourceTime: 1, key: ['b'] }],
} as const;

/** A user gives columns a default; the deleted row of an item that was never seen has none of it, however it is stored. */
export async function storesNoDefaults(fixture: {
  readonly destination: Destination;
  sql(text: string): Promise<readonly object[]>;
}): Promise<void> {
  const target = { ...ORDERS, table: 'soft', pipeline: `${ORDERS.pipeline}-soft`, deletes: 'soft' as const };
  const store = await published(fixture, [['a', '1', '1']], target, COLUMNS);
  for (const column of ['note', 'n']) await fixture.sql(`ALTER TABLE soft ALTER ${column} SET DEFAULT 7`);
  const requireNone = async () => {
    const rows = await fixture.sql(`SELECT note, n FROM soft WHERE id = 'b'`);
    assert.deepEqual(
      rows.map((row) => ({ ...row })),
      [{ note: null, n: null }],
    );
  };
  await store.apply('visible', REMOVED, checkpoint('removed'));
  await requireNone();
  await fixture.sql(`DELETE FROM soft WHERE id = 'b'`);
  await store.startGeneration(2, checkpoint('begun'));
  await store.apply('changes', REMOVED, checkpoint('removed'));
  await store.publish(() => checkpoint('published'));
  await requireNone();
  await store.release();
}
