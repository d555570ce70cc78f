import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { StreamDisabled, StreamViewTypeUnusable } from '../../runtime/pipeline/source';
import { TableGone } from '../../runtime/pipeline/source-watch';
import { MINUTE, SECOND } from '../simulation/world';
import { full } from '../tiers/tier';
import { assertGap, assertResyncs } from './gap-outcome';
import { closeWorlds, WireWorld } from './wire-world';

describe('faults/stream: another stream, another table', () => {
  afterEach(closeWorlds);

  it('F33: the stream is off: it stops before anything is written, with the command', async () => {
    const world = await WireWorld.open();
    world.setStream(false);
    const failure = await world.errorOf(world.start(), MINUTE);
    assert(failure instanceof StreamDisabled);
    assert.match(
      failure.message,
      /aws dynamodb update-table --table-name orders --stream-specification StreamEnabled=true/,
    );
    assert.equal(world.pipeline, undefined);
  });

  it('F33: the stream has keys only: it stops before anything is written, with the commands', async () => {
    const world = await WireWorld.open();
    world.fault('DescribeTable', { kind: 'replace', text: '"NEW_IMAGE"', by: '"KEYS_ONLY"' });
    const failure = await world.errorOf(world.start(), MINUTE);
    assert(failure instanceof StreamViewTypeUnusable);
    assert.match(
      failure.message,
      /KEYS_ONLY.*StreamEnabled=false.*\n.*StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES/s,
    );
    assert.equal(world.pipeline, undefined);
  });

  it('F33: records without the new image: it stops, applies nothing of them, and names the commands', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const before = world.destination();
    const fault = world.fault('GetRecords', { kind: 'replace', text: '"NewImage"', by: '"OldImage"' });
    world.put('item 1', 1_000);
    const failure = await world.errorOf(process);
    assert(failure instanceof AwsFault);
    assert.equal(failure.kind, 'fatal');
    assert.match(
      failure.message,
      /has no new image.*aws dynamodb update-table --table-name orders --stream-specification/,
    );
    assert.deepEqual(world.destination(), before);
    fault.remove();
    await world.assertRecovers(world.start());
  });

  full.it(
    'F33: the stream is turned off: what it holds is applied and the wait is told; on again it is another: a gap',
    async () => {
      const world = await WireWorld.open();
      const process = await world.startPublished();
      await world.busy(MINUTE);
      world.setStream(false);
      await world.untilAlive(
        process,
        () =>
          world
            .heardOf('pipeline.waiting')
            .some(({ reason }) => reason.includes('the stream of orders is off')),
        'the wait was told',
      );
      await world.busy(30 * MINUTE);
      assert(process.isAlive);
      world.setStream(true);
      await assertGap(world, process, 'stream replaced');
      await assertResyncs(world);
    },
  );

  it('F33: the stream is turned off and on during the load: loaded anew without being asked', async () => {
    const world = await WireWorld.open();
    const process = await world.startLoading();
    world.setStream(false);
    world.write();
    await world.clock.advance(SECOND);
    world.setStream(true);
    await world.busy(MINUTE);
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.generation, 2);
  });

  for (const [when, published] of [
    ['while it is followed', true],
    ['while it is loaded', false],
  ] as const) {
    it(`F34: the table is deleted and made again ${when}: loaded anew, never mixed`, async () => {
      // Recovery is on as soon as it is asked for: a look at the table in between would stop the process (F18).
      const world = await WireWorld.open({ knobs: { backupsEnablingMs: [0, 0] } });
      const process = published ? await world.startPublished() : await world.startLoading();
      world.replaceTable();
      await world.busy(MINUTE);
      await world.assertRecovers(process);
      assert.equal(world.checkpoint?.tableId, world.tableId);
      for (const id of world.destination().keys())
        assert(!id.startsWith('item'), `${id} is of the old table`);
    });
  }

  it('F34: the table is deleted for good: it stops and leaves the destination as it is', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const before = world.destination();
    world.simulator.call('dynamodb', 'DeleteTable', { TableName: world.tableName });
    const failure = await world.errorOf(process);
    assert(failure instanceof TableGone);
    assert.match(
      failure.message,
      /The destination is left as it is.*aws dynamodb list-tables --region eu-west-1/s,
    );
    assert.deepEqual(world.destination(), before);
  });
});
