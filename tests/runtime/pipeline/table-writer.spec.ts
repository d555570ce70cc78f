import assert from 'node:assert/strict';
import type { StreamRecord } from '../../../runtime/aws/services';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { CommitOutcomeUnknown, DestinationUnusable } from '../../../runtime/destinations/errors';
import type { AttributeValue, Item } from '../../../runtime/item/attribute-value';
import { Catalog } from '../../../runtime/item/catalog';
import type { Column } from '../../../runtime/item/column';
import { Events } from '../../../runtime/observe/events';
import { TableWriter } from '../../../runtime/pipeline/table-writer';
import { checkpoint, ORDERS } from '../../destinations/conformance/orders';
import { MemoryDestination } from '../../destinations/memory';
import { disturbed } from '../../simulation/disturbed-destination';

const KEY: Item = new Map([['id', { S: 'a' }]]);

type Attributes = Readonly<Record<string, AttributeValue>>;
const none = Catalog.initial({
  keySchema: ORDERS.keySchema,
  dialect: new MemoryDestination().dialect,
  layout: 'columns',
  maxColumns: 10,
  dropReplicationAttributes: true,
});

function withKey(attributes: Attributes): Item {
  return new Map([...KEY, ...Object.entries(attributes)]);
}

function insert(attributes: Attributes): StreamRecord {
  return {
    eventName: 'INSERT',
    sequenceNumber: '100000000000000000001',
    createdAt: 1_700_000_000_000,
    keys: KEY,
    newImage: withKey(attributes),
    byTimeToLive: false,
  };
}

type Way = 'lost before commit' | 'lost after commit';

describe('pipeline/table writer', () => {
  let store: PipelineStore;
  let tables: TableWriter;
  let reported: string[][];
  /** How the next widening fails. */
  let next: Way | undefined;
  /** Whether the next widening is refused for good. */
  let refused: boolean;

  beforeEach(async () => {
    next = undefined;
    reported = [];
    refused = false;
    const failing = (way: Way) => (step: string) => {
      if (step === 'widen' && refused) {
        refused = false;
        throw new DestinationUnusable('A view was built on it.');
      }
      if (step !== 'widen' || next !== way) return;
      next = undefined;
      throw new CommitOutcomeUnknown();
    };
    const destination = disturbed(new MemoryDestination(), {
      before: failing('lost before commit'),
      after: failing('lost after commit'),
    });
    store = await destination.lease(ORDERS);
    await store.widen(none.columns);
    await store.startGeneration(1, checkpoint('generation 1'));
    const events = new Events();
    events.on('pipeline.columns', ({ added, widened }) => reported.push([...added, ...widened].sort()));
    tables = new TableWriter(store, none, ORDERS.pipeline, events);
  });

  const apply = (attributes: Attributes) =>
    tables.apply('changes', [insert(attributes)], checkpoint('applied'));
  const kinds = (columns: readonly Column[]) =>
    Object.fromEntries(columns.map(({ name, type }) => [name, type.kind]));
  const openedKinds = async () => {
    const { catalog, load } = await tables.openLoad('shadow', 1);
    await load.rollback();
    return kinds(catalog.columns);
  };

  for (const way of ['lost before commit', 'lost after commit'] as const) {
    it(`C3: a widening for changes whose answer was ${way} does not block one for the load`, async () => {
      next = way;
      await assert.rejects(apply({ price: { N: '1' } }), CommitOutcomeUnknown);
      await tables.widen(none.observe(withKey({ note: { S: 'from the export' } })));
      const expected = { id: 'text', note: 'text', price: 'number' };
      assert.deepEqual(await openedKinds(), expected);
      await apply({ price: { N: '1' } });
      assert.deepEqual(kinds(await store.readColumns()), expected);
      assert.deepEqual(reported, [['note', 'price']]);
    });

    it(`C3: changes and loads after an answer that was ${way} see the actual columns`, async () => {
      await apply({ price: { N: '1' } });
      next = way;
      await assert.rejects(apply({ price: { S: 'one' } }), CommitOutcomeUnknown);
      await apply({ price: { N: '2' } });
      assert.deepEqual(kinds(await store.readColumns()), { id: 'text', price: 'json' });
      next = way;
      await assert.rejects(apply({ paid: { BOOL: true } }), CommitOutcomeUnknown);
      const expected = { id: 'text', price: 'json', paid: 'boolean' };
      assert.deepEqual(await openedKinds(), expected);
      assert.deepEqual(kinds(await store.readColumns()), expected);
    });
  }

  it('V2: a widening that the destination refuses is not repeated by later writes', async () => {
    refused = true;
    await assert.rejects(tables.widen(none.observe(withKey({ wide: { S: 'x' } }))), DestinationUnusable);
    await apply({ other: { S: 'y' } });
    assert.deepEqual(kinds(await store.readColumns()), { id: 'text', other: 'text' });
  });
});
