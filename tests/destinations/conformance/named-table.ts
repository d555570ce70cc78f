import assert from 'node:assert/strict';
import type { RowChange, TableTarget } from '../../../runtime/destinations/destination';
import type { AttributeValue, Item } from '../../../runtime/item/attribute-value';
import { Catalog } from '../../../runtime/item/catalog';
import type { Cell } from '../../../runtime/item/column';
import type { OperableFixture, UserRow } from '../fixture';
import { checkpoint, sorted } from './orders';
import { openLoad } from './rows-load';

/** The names of a table and of everything in it. */
export interface Naming {
  readonly schema: string;
  readonly table: string;
  readonly partition: string;
  readonly sort: string | undefined;
  readonly attributes: readonly string[];
}

/** Key → the value of all its attributes, a text; `undefined` for an item that no database can store */
type Content = Readonly<Record<string, string | undefined>>;

const TIME = 1_700_000_000_000;
/** Half of a surrogate pair. */
const UNHOLDABLE = { S: '\ud800' };

/**
 * The whole life of a table, with the promises that hold for any names: load, follow, widen, resync, verify, dead
 * letters.
 * @throws AssertionError, and what a database reports when a name of the user collides with one of ours
 */
export async function liveAndCheck(
  fixture: OperableFixture,
  naming: Naming,
  deletes: TableTarget['deletes'],
  pipeline: string,
): Promise<void> {
  const { schema, table, partition, sort, attributes } = naming;
  const keySchema: TableTarget['keySchema'] = {
    partition: { name: partition, type: 'S' },
    ...(sort === undefined ? {} : { sort: { name: sort, type: 'N' as const } }),
  };
  const target: TableTarget = { pipeline, schema, table, keySchema, deletes };
  const [widened] = attributes;
  const { destination } = fixture;
  let catalog = Catalog.initial({
    keySchema,
    dialect: destination.dialect,
    layout: 'columns',
    maxColumns: 300,
    dropReplicationAttributes: true,
  });
  const keyOf = (key: string): [string, AttributeValue][] => [
    [partition, { S: key }],
    ...(sort === undefined ? [] : [[sort, { N: '7' }] as [string, AttributeValue]]),
  ];
  const itemOf = (key: string, value: string | undefined): Item =>
    new Map([
      ...attributes.map((name): [string, AttributeValue] => [
        name,
        value === undefined ? UNHOLDABLE : { S: value },
      ]),
      ...keyOf(key),
    ]);
  const upsert = (key: string, item: Item): RowChange => {
    const keyText = catalog.keyText(item);
    const encoded = catalog.encode(item);
    if (encoded.cells !== undefined)
      return { action: 'upsert', keyText, sourceTime: TIME, cells: encoded.cells };
    const deadLetter = catalog.deadLetter(item, encoded.deadLetter, null);
    return { action: 'dead letter', keyText, sourceTime: TIME, key: [...cellsOfKey(key)], deadLetter };
  };
  const cellsOfKey = (key: string): readonly Cell[] => catalog.keyCells(new Map(keyOf(key))) ?? [];
  const remove = (key: string): RowChange => ({
    action: 'delete',
    keyText: catalog.keyText(new Map(keyOf(key))),
    sourceTime: TIME,
    key: cellsOfKey(key),
  });
  const store = await destination.lease(target);
  const widen = async (item: Item) => {
    catalog = catalog.observe(item);
    await store.widen(catalog.columns);
  };
  let files = 0;
  const fill = async (role: 'shadow' | 'verify', generation: number, content: Content) => {
    const load = await openLoad(store, role, generation, catalog.columns);
    const changes = Object.entries(content).map(([key, value]) => upsert(key, itemOf(key, value)));
    const rows = changes.flatMap((change) => (change.action === 'upsert' ? [change.cells] : []));
    const deadLetters = changes.flatMap((change) =>
      change.action === 'dead letter' ? [change.deadLetter] : [],
    );
    await load.append(rows, deadLetters);
    await load.commit([{ file: `file ${(files += 1)}`, items: changes.length }]);
  };
  const apply = (role: 'changes' | 'visible', ...changes: RowChange[]) =>
    store.apply(role, { columns: catalog.columns, changes }, checkpoint('applied'));
  const column = (name: string) =>
    catalog.columns.find(({ attribute }) => attribute === name)?.name ?? assert.fail(`no column for ${name}`);
  const row = (key: string, value: string | null, time: number | null, deleted = false): UserRow => ({
    cells: Object.fromEntries([
      [column(partition), key],
      ...(sort === undefined ? [] : [[column(sort), '7']]),
      ...attributes.map((name): [string, Cell] => {
        const isJson = catalog.columns.some(
          ({ attribute, type }) => attribute === name && type.kind === 'json',
        );
        return [column(name), value === null ? null : isJson ? JSON.stringify(value) : value];
      }),
    ]) as UserRow['cells'],
    sourceTime: time,
    deleted,
  });
  const shown = async (when: string, ...rows: UserRow[]) => {
    const expected = deletes === 'soft' ? rows : rows.filter(({ deleted }) => !deleted);
    assert.deepEqual(sorted(await fixture.rows(target)), sorted(expected), when);
  };
  const deadLetters = async (when: string, ...keys: string[]) => {
    const found = (await fixture.deadLetters(target)).map(({ keyText }) => keyText).sort();
    const expected = keys.map((key) => catalog.keyText(new Map(keyOf(key)))).sort();
    assert.deepEqual(found, expected, when);
  };

  // Load.
  await widen(itemOf('a', 'any'));
  await store.startGeneration(1, checkpoint('generation 1'));
  await fill('shadow', 1, { a: 'old', b: 'old', c: 'old', d: undefined, e: 'old' });
  await apply('changes', upsert('b', itemOf('b', 'new')), remove('c'));
  await store.publish(() => checkpoint('published'));
  await shown(
    'loaded',
    row('a', 'old', null),
    row('b', 'new', TIME),
    row('c', 'old', TIME, true),
    row('e', 'old', null),
  );
  await deadLetters('loaded', 'd');

  // Follow.
  await apply('visible', upsert('f', itemOf('f', 'new')), remove('a'), upsert('d', itemOf('d', 'held now')));
  await apply('visible', upsert('e', itemOf('e', undefined)));
  const followed = [row('b', 'new', TIME), row('d', 'held now', TIME), row('f', 'new', TIME)];
  await shown('followed', ...followed, row('a', 'old', TIME, true), row('c', 'old', TIME, true));
  await deadLetters('followed', 'e');

  // Widen: one attribute gets values of two types, and a new attribute appears.
  if (widened !== undefined) await widen(new Map([...keyOf('w'), [widened, { BOOL: true }]]));

  // What every run does first.
  await destination.probe();
  const requirements = await destination.check([{ schema, table }]);
  assert.deepEqual(
    requirements.filter(({ met }) => !met),
    [],
  );
  const again = [row('b', 'new', TIME), row('d', 'held now', TIME), row('f', 'new', TIME)];
  await shown('widened', ...again, row('a', 'old', TIME, true), row('c', 'old', TIME, true));

  // Resync.
  await store.startGeneration(2, checkpoint('generation 2'));
  await fill('shadow', 2, { b: 'new', d: 'changed', g: 'added', h: undefined });
  await apply('changes', upsert('i', itemOf('i', 'streamed')), remove('g'));
  const { written } = await store.publish(() => checkpoint('published again'));
  const kept = [row('b', 'new', TIME), row('d', 'changed', null), row('i', 'streamed', TIME)];
  const gone = [row('a', 'old', TIME, true), row('c', 'old', TIME, true), row('f', 'new', null, true)];
  await shown('resynced', ...kept, ...gone, row('g', 'added', TIME, true));
  assert.equal(written, deletes === 'soft' ? 4 : 3, 'rows written by the resync');
  await deadLetters('resynced', 'h');

  // Verify: one row each that is equal, different, missing, surplus, and changed meanwhile; and dead letters.
  await store.startVerify();
  await apply('visible', upsert('j', itemOf('j', 'meanwhile')));
  await fill('verify', 2, { b: 'new', d: 'different', k: 'missing', h: undefined, l: undefined });
  const { rowsCompared, keysSkipped, differences, examples } = await store.compare(10);
  assert.deepEqual(
    { rowsCompared, keysSkipped, differences },
    { rowsCompared: 6, keysSkipped: 1, differences: 4 },
  );
  const named = examples.map(
    ({ key, difference, columns }) =>
      `${key[column(partition)] ?? 'dead letter'} ${difference} ${columns.length}`,
  );
  assert.deepEqual(
    named.sort(),
    [
      `d different ${attributes.length}`,
      'dead letter missing in the destination 0',
      'i missing in the source 0',
      'k missing in the destination 0',
    ].sort(),
  );
  const { examples: ofSample, ...counts } = await store.compare(10, undefined, 'sample');
  assert.deepEqual(counts, { rowsCompared: 5, keysSkipped: 0, differences: 3 });
  assert.ok(ofSample.every(({ difference }) => difference !== 'missing in the source'));
  await store.endVerify();
  await store.release();
}
