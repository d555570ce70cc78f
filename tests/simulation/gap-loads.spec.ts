import assert from 'node:assert/strict';
import { GapNotReloaded } from '../../runtime/pipeline/heal/close-gap';
import { failures, following } from './healing-world';
import { DAY, HOUR, MINUTE, type World } from './world';

/** Gaps of a table that is loaded again after each, unasked: `onGap: resync` (rule G3). */
describe('simulation/gap loads', () => {
  const exportsOf = (world: World) => world.heardOf('export.requested').length;
  const loadsOf = (world: World) => world.heardOf('pipeline.published').length;

  /** The stream is turned off and on: its changes meanwhile are lost. */
  async function breakStream(world: World): Promise<void> {
    world.setStream(false);
    await world.busy(MINUTE);
    world.setStream(true);
    await world.busy(10 * MINUTE);
  }

  it('G3: a second gap within 6 hours of a load waits for them, and keeps the visible rows', async () => {
    const { world, process } = await following({ settings: { onGap: 'resync' } as never });
    await breakStream(world);
    await world.until(() => loadsOf(world) === 2);
    const { at } = world.checkpoint!.published!;
    await breakStream(world);
    const shown = world.visible();
    const error = failures(world).at(-1);
    assert.ok(error instanceof GapNotReloaded, String(error?.stack));
    assert.match(
      error.message,
      /^Changes made between .*No full export is requested: a load of this table began less than 6 hours ago\. The next one begins at 2026-.*dynamodb-replicator resync --table orders --bucket/s,
    );
    await world.busy(4 * HOUR);
    assert.deepEqual([exportsOf(world), process.isAlive], [2, true]);
    assert.deepEqual(world.visible(), shown);
    assert.equal(failures(world).filter((each) => each instanceof GapNotReloaded).length > 10, true);
    assert.equal(world.heardOf('pipeline.failed').filter(({ isRepeated }) => isRepeated !== true).length, 1);
    await world.until(() => loadsOf(world) === 3, 3 * HOUR);
    assert.ok(world.checkpoint!.published!.at >= at + 6 * HOUR - HOUR);
    await world.untilCaughtUp();
    world.assertEqual();
    await process.stop();
  });

  it('G3: three loads, each followed by another gap within a day, are enough: then it waits for a resync', async () => {
    const { world, process } = await following({ settings: { onGap: 'resync' } as never });
    for (let loads = 2; loads <= 4; loads++) {
      await breakStream(world);
      await world.until(() => loadsOf(world) === loads, 7 * HOUR);
    }
    await breakStream(world);
    await world.busy(DAY);
    const error = failures(world).at(-1);
    assert.ok(error instanceof GapNotReloaded, String(error?.stack));
    assert.match(error.message, /3 loads in a row .*resync --table orders --bucket/s);
    assert.equal(exportsOf(world), 4);
    await world.clock.run(process.replicator.resync(world.tableName));
    await world.untilCaughtUp();
    await breakStream(world);
    await world.until(() => loadsOf(world) === 6);
    await world.untilCaughtUp();
    world.assertEqual();
    await process.stop();
  });

  it('G3: a load after a day without a gap begins another row', async () => {
    const { world, process } = await following({ settings: { onGap: 'resync' } as never });
    for (let loads = 2; loads <= 5; loads++) {
      await world.busy(DAY + HOUR);
      await breakStream(world);
      await world.until(() => loadsOf(world) === loads);
    }
    await world.untilCaughtUp();
    world.assertEqual();
    await process.stop();
  });
});
