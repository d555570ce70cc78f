import type { PipelineStore, OperableDestination, TableTarget } from '../../runtime/destinations/destination';
import {
  bury,
  buryUnholdable,
  checkpoint,
  COLUMNS,
  JSON_TYPE,
  loadRows,
  ORDERS,
  published,
  remove,
  upsert,
} from '../destinations/conformance/orders';
import { openLoad } from '../destinations/conformance/rows-load';
import type { Fixture } from '../destinations/fixture';

/** Pipelines of one destination that a release left in the middle of rare operations. */

const named = (table: string, more: Partial<TableTarget> = {}): TableTarget => ({
  ...ORDERS,
  pipeline: `111122223333/eu-west-1/${table}`,
  table,
  ...more,
});

/** During a verify. */
export const VERIFIED = named('verified');
/** With soft deletes, in its own schema. */
export const SOFT = named('soft', { schema: 'raw', deletes: 'soft' });
/** With a key too long for a PostgreSQL index, during a resync. */
export const LONG = named('long');
/** PostgreSQL: a column is being widened page by page. */
export const HALF_WIDENED = named('half');

export const LONG_KEY = 'k'.repeat(2_900);
export const WIDER = COLUMNS.map((column) =>
  column.name === 'value' ? { ...column, type: JSON_TYPE } : column,
);

export async function writeSeveral(destination: OperableDestination): Promise<void> {
  const fixture = { destination } as unknown as Fixture;
  const apply = (store: PipelineStore, ...changes: Parameters<PipelineStore['apply']>[1]['changes']) =>
    store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied', { shard: 'state' }));

  const verified = await published(
    fixture,
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ],
    VERIFIED,
  );
  await verified.startVerify();
  const load = await openLoad(verified, 'verify', 1, COLUMNS);
  await load.append([['a', '1']]);
  await load.commit([{ file: 'verified', items: 1 }]);
  await apply(verified, upsert('a', ['10']), remove('b'), bury('d'));

  const soft = await published(
    fixture,
    [
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ],
    SOFT,
  );
  await apply(soft, remove('b'), remove('never seen'), buryUnholdable('letter'));

  const long = await published(
    fixture,
    [
      ['a', '1'],
      ['b', '2'],
    ],
    LONG,
  );
  await apply(long, upsert(LONG_KEY, ['3']));
  await long.startGeneration(2, checkpoint('generation 2', { shard: 'later' }));
  await loadRows(long, [['a', '100']], { generation: 2 });
  const changes = [upsert(`${LONG_KEY}2`, ['4']), remove('b')];
  await long.apply('changes', { columns: COLUMNS, changes }, checkpoint('loading'));
  for (const store of [verified, soft, long]) await store.release();
}

/** @param opened with a hook that fails the conversion of pages, and no table that counts as small */
export async function widenHalf(opened: OperableDestination): Promise<void> {
  const store = await published({ destination: opened } as unknown as Fixture, [['a', '1']], HALF_WIDENED);
  await store.widen(WIDER).catch(() => undefined);
  await store.release();
}
