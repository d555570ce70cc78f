import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import type { Cell } from '../../runtime/item/column';
import type { DeadLetter } from '../../runtime/item/dead-letter';
import { MINUTE } from '../simulation/world';
import { closeWorlds, WireWorld } from './wire-world';

/** The number that a fault replaces. */
const MARK = 666_666;

function letters(world: WireWorld): DeadLetter[] {
  return [...(world.pipeline?.deadLetters.visible.values() ?? [])];
}

/** Cells of a row by attribute, of the key `id` in the visible table. */
function row(world: WireWorld, id: string): Record<string, Cell> | undefined {
  const { columns = [], tables } = world.pipeline ?? {};
  for (const { cells } of tables?.visible.values() ?? []) {
    const named = Object.fromEntries(columns.map(({ attribute }, i) => [attribute, cells[i] ?? null]));
    if (named['id'] === id) return named;
  }
  return undefined;
}

/** Puts an item with a text attribute; `World.put` supports only numbers. */
function putText(world: WireWorld, id: string, attribute: string, text: string): void {
  world.simulator.call('dynamodb', 'PutItem', {
    TableName: world.tableName,
    Item: { id: { S: id }, v: { N: '1' }, [attribute]: { S: text } },
  });
}

describe('faults/poison', () => {
  afterEach(closeWorlds);

  const poisons: readonly [string, string, RegExp][] = [
    ['a value of an unknown type', '{"FUTURE":"x"}', /FUTURE/],
    ['a value without a type', '{}', /\{\}/],
    ['a value with two types', '{"N":"1","S":"1"}', /"N":"1","S":"1"/],
    ['text where a list should be', '{"L":"x"}', /"L":"x"/],
    ['bytes that are not base64', '{"B":"~~~"}', /~~~/],
    [
      'a number of 39 digits',
      '{"N":"123456789012345678901234567890123456789"}',
      /123456789012345678901234567890123456789/,
    ],
    ['a number that is not a number', '{"N":"twelve"}', /twelve/],
    ['half of a surrogate pair', '{"S":"\\ud83d"}', /\\ud83d/i],
    ['an unknown type deep inside', '{"M":{"a":{"L":[{"FUTURE":true}]}}}', /FUTURE/],
  ];
  for (const [what, value, shown] of poisons) {
    it(`F37: ${what}: becomes a dead letter with key and sequence number, in order, until the next valid change`, async () => {
      const world = await WireWorld.open();
      const process = await world.startPublished();
      world.fault('GetRecords', { kind: 'replace', text: `{"N":"${MARK}"}`, by: value });

      world.put('poison', 1);
      world.put('other', 1);
      world.put('poison', MARK);
      world.put('other', 2);
      await world.untilCaughtUp();
      const [deadLetter, ...more] = letters(world);
      assert.deepEqual(more, []);
      assert.match(deadLetter?.item ?? '', /"id":\{"S":"poison"\}/);
      assert.match(deadLetter?.item ?? '', shown);
      assert.match(deadLetter?.sequenceNumber ?? '', /^\d{21,40}$/);
      assert.notEqual(deadLetter?.reason, '');
      assert.equal(row(world, 'poison'), undefined, 'a stale row must not stand for it');
      assert.equal(row(world, 'other')?.['v'], '2');
      const told = world.heardOf('pipeline.deadLetter');
      assert.deepEqual(
        told.map(({ count }) => count),
        [1],
      );
      assert(process.isAlive);

      world.put('poison', 3);
      await world.untilCaughtUp();
      assert.deepEqual(letters(world), []);
      await world.assertRecovers(process);
    });
  }

  it('F37: an image that is not an item: becomes a dead letter under its key', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const fault = world.fault('GetRecords', {
      kind: 'replace',
      text: '"NewImage":',
      by: '"NewImage":7,"Image":',
    });
    world.put('poison', 1);
    await world.untilCaughtUp();
    assert.equal(letters(world).length, 1);
    assert.equal(row(world, 'poison'), undefined);
    fault.remove();
    world.put('poison', 2);
    await world.assertRecovers(process);
    assert.deepEqual(letters(world), []);
  });

  it('F37: NUL in strings arrives unchanged in a destination that can hold it', async () => {
    const world = await WireWorld.open();
    putText(world, 'nul in the export', 'text', 'a\u0000b');
    await world.startPublished();
    putText(world, 'nul in the stream', 'text', '\u0000');
    await world.untilCaughtUp();
    assert.equal(row(world, 'nul in the export')?.['text'], 'a\u0000b');
    assert.equal(row(world, 'nul in the stream')?.['text'], '\u0000');
    assert.deepEqual(letters(world), []);
  });

  it('F37: an invalid item in the export: counted at the publish, cleared by the next valid change', async () => {
    const world = await WireWorld.open();
    putText(world, 'poison', 'text', '\ud800');
    const process = world.start();
    await world.untilCaughtUp();
    assert.deepEqual(
      world.heardOf('pipeline.published').map(({ deadLetters, rows }) => ({ deadLetters, rows })),
      [{ deadLetters: 1, rows: 40 }],
    );
    assert.equal(letters(world).length, 1);
    world.put('poison', 2);
    await world.assertRecovers(process);
    assert.deepEqual(letters(world), []);
  });

  it('F37: a key that the destination cannot hold: a dead letter until the item is deleted', async () => {
    const world = await WireWorld.open();
    const key = 'half \udc00';
    const process = await world.startPublished();
    putText(world, key, 'text', 'fine');
    await world.untilCaughtUp();
    assert.equal(letters(world).length, 1);
    assert.equal(world.destination().size, 40);
    world.delete(key);
    await world.assertRecovers(process);
    assert.deepEqual(letters(world), []);
  });

  it('F37: an invalid change during the load wins over the item in the export', async () => {
    const world = await WireWorld.open();
    world.fault('GetRecords', { kind: 'replace', text: `{"N":"${MARK}"}`, by: '{"FUTURE":"x"}' });
    const process = await world.startLoading();
    await world.clock.advance(20_000);
    world.put('item 7', MARK);
    await world.untilCaughtUp();
    assert.equal(letters(world).length, 1);
    assert.equal(row(world, 'item 7'), undefined);
    world.put('item 7', 8);
    await world.assertRecovers(process);
  });

  it('F37: an attribute that changes its type with every change: every value arrives', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    world.fault('GetRecords', {
      kind: 'replace',
      text: `{"N":"${MARK}"}`,
      by: '{"N":"1"},"w":{"SS":["b","a"]}',
    });
    world.fault('GetRecords', {
      kind: 'replace',
      text: `{"N":"${MARK + 1}"}`,
      by: '{"N":"1"},"w":{"BOOL":true}',
    });
    putText(world, 'text', 'w', 'true');
    await world.clock.advance(MINUTE);
    world.put('set', MARK);
    await world.clock.advance(MINUTE);
    world.put('flag', MARK + 1);
    await world.untilCaughtUp();
    assert.deepEqual(letters(world), []);
    const cells = ['text', 'set', 'flag'].map((id) => String(row(world, id)?.['w']));
    assert.equal(new Set(cells).size, 3, cells.join(' '));
    assert(process.isAlive);
  });

  it('F37: a record without keys: reads it again until it is complete, and skips nothing', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const before = world.checkpoint!.commit;
    const fault = world.fault('GetRecords', { kind: 'replace', text: '"Keys":', by: '"Kays":' });
    world.put('item 1', 1_000);
    await world.busy(10 * MINUTE);
    assert(world.checkpoint!.commit - before <= 2);
    assert.match(
      world.heardOf('aws.retry').at(-1)?.message ?? '',
      /is cut off or that AWS would not send \(UnreadableAnswer\); retrying\. A record has no keys/,
    );
    fault.remove();
    await world.assertRecovers(process);
  });

  it('F37: an event of an unknown kind: stops, names the record, and skips nothing', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const fault = world.fault('GetRecords', { kind: 'replace', text: '"MODIFY"', by: '"TRUNCATE"' });
    world.put('item 1', 1_000);
    const failure = await world.errorOf(process);
    assert(failure instanceof AwsFault);
    assert.equal(failure.kind, 'fatal');
    assert.match(failure.message, /record \d{21,40} has the event name "TRUNCATE"/);
    fault.remove();
    await world.assertRecovers(world.start());
  });
});
