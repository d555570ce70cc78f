import assert from 'node:assert/strict';
import { AwsFault } from '../../runtime/aws/faults';
import { StreamDisabled, StreamViewTypeUnusable } from '../../runtime/pipeline/source';
import { TableAwaited, TableGone } from '../../runtime/pipeline/source-watch';
import { TABLE_RETRY_MS } from '../../runtime/replicator';
import { MINUTE, SECOND } from '../simulation/world';
import { full } from '../tiers/tier';
import { assertGap, assertResyncs } from './gap-outcome';
import { closeWorlds, WireWorld } from './wire-world';

describe('faults/stream: a replaced stream or table', () => {
  afterEach(closeWorlds);

  it('F33: the stream is off: stops before it writes anything, with the command that fixes it', async () => {
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

  it('F33: the stream has only keys: stops before it writes anything, with the commands that fix it', async () => {
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

  it('F33: records without the new image: stops without applying them, with the commands that fix it', async () => {
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
    'F33: the stream is disabled: applies its records and logs that it waits; a new stream is a gap',
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
        'the wait was logged',
      );
      await world.busy(30 * MINUTE);
      assert(process.isAlive);
      world.setStream(true);
      await assertGap(world, process, 'stream replaced');
      await assertResyncs(world);
    },
  );

  it('F33: the stream is disabled and enabled during the load: loads again by itself', async () => {
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
    it(`F34: the table is deleted and created again ${when}: reloads it and never mixes the two`, async () => {
      const world = await WireWorld.open();
      const process = published ? await world.startPublished() : await world.startLoading();
      world.replaceTable();
      await world.busy(MINUTE);
      await world.assertRecovers(process);
      assert.equal(world.checkpoint?.tableId, world.tableId);
      for (const id of world.destination().keys())
        assert(!id.startsWith('item'), `${id} is of the old table`);
    });
  }

  it('F34: the table is deleted for good: waits, logs it once, and leaves the destination as it is', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    const before = world.destination();
    world.deleteTable();
    await world.clock.advance(10 * MINUTE);
    assert(process.isAlive);
    const [told, ...more] = world.heardOf('pipeline.failed');
    assert.deepEqual(more, []);
    assert(told?.error instanceof TableAwaited, String(told?.error.stack));
    assert.equal(told.againMs, TABLE_RETRY_MS);
    assert.match(
      told.error.message,
      /^Table orders no longer exists in eu-west-1\. .*the replicator loads it\. .*aws dynamodb list-tables --region eu-west-1/,
    );
    assert.deepEqual(world.destination(), before);
    assert.deepEqual(await world.settled(process.stop()), { failed: [] });
  });

  it('F34: the table is created again a minute later: reloads it by itself', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    world.deleteTable();
    await world.clock.advance(MINUTE);
    assert(process.isAlive);
    world.makeTableAgain();
    await world.busy(MINUTE);
    await world.assertRecovers(process);
    assert.equal(world.checkpoint?.tableId, world.tableId);
    for (const id of world.destination().keys()) assert(!id.startsWith('item'), `${id} is of the old table`);
  });

  full.it('F34: the new table lacks something: waits, with the command that turns it on', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    world.replaceTable();
    world.simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: world.tableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
    await world.untilAlive(process, () => world.heardOf('pipeline.failed').length > 0, 'the wait was logged');
    await world.busy(30 * MINUTE);
    const [told, ...more] = world.heardOf('pipeline.failed');
    assert.deepEqual(more, []);
    assert.match(
      told?.error.message ?? '',
      /^Table orders was deleted and recreated, and cannot be loaded yet\. .*\n.*update-continuous-backups/s,
    );
    world.simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: world.tableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    await world.assertRecovers(process);
  });

  full.it(
    'F34: a replicator that starts while the table is missing waits too; one that never had it stops',
    async () => {
      const world = await WireWorld.open();
      const process = await world.startPublished();
      await world.settled(process.stop());
      world.deleteTable();
      const later = world.start();
      await world.clock.advance(10 * MINUTE);
      assert(later.isAlive);
      assert(world.heardOf('pipeline.failed')[0]?.error instanceof TableAwaited);
      world.makeTableAgain();
      await world.assertRecovers(later);

      const other = await WireWorld.open();
      other.deleteTable();
      assert((await other.errorOf(other.start(), MINUTE)) instanceof TableGone);
    },
  );

  full.it('F34: a gap no longer matters once the table is a new one', async () => {
    const world = await WireWorld.open();
    const process = await world.startPublished();
    world.setStream(false);
    await world.clock.advance(MINUTE);
    world.setStream(true);
    await assertGap(world, process, 'stream replaced');
    world.replaceTable();
    await world.busy(MINUTE);
    await world.assertRecovers(world.start());
  });
});
