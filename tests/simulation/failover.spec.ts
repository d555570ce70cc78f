import assert from 'node:assert/strict';
import { CommitsLost } from '../../runtime/destinations/errors';
import { MemoryStage } from './stage';
import { MINUTE, SECOND, World } from './world';

/** Steps in which a pipeline detects that the server has fewer commits than it confirmed. */
const NOTICING = new Set(['save', 'apply', 'startGeneration', 'publish', 'readCheckpoint', 'widen']);

/** A world whose destination may lose its commits since an earlier instant, as in a failover to a lagging standby. */
class FailingOver {
  readonly stage = new MemoryStage();
  readonly world = new World({ stage: this.stage });
  leases = 0;
  private isNoticed = true;

  start(options: { readonly resync?: boolean } = {}) {
    return this.world.start({
      ...options,
      disturbance: {
        before: (step) => {
          if (step === 'lease') {
            this.leases += 1;
            this.isNoticed = true;
          }
          if (!this.isNoticed && NOTICING.has(step)) throw new CommitsLost('orders');
        },
      },
    });
  }

  standby() {
    return structuredClone(this.stage.pipeline!);
  }

  failOver(standby: ReturnType<FailingOver['standby']>): void {
    const { pipeline } = this.stage;
    Object.assign(pipeline!, standby, { epoch: pipeline!.epoch });
    this.isNoticed = false;
  }
}

/** A world with a table that is loaded and follows its stream. */
async function following() {
  const failing = new FailingOver();
  const { world } = failing;
  await world.prepare();
  const process = failing.start();
  await world.untilCaughtUp();
  return { failing, world, process };
}

describe('simulation/a failover that loses commits', () => {
  it('C2: a table that follows its stream continues without help from the last commit that is left', async () => {
    const { failing, world, process } = await following();
    const standby = failing.standby();
    await world.busy(20 * SECOND);
    await world.untilCaughtUp();
    failing.failOver(standby);
    await world.busy(20 * SECOND);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(failing.leases, 2);
    assert.deepEqual(
      world.heard.filter(({ name }) => name === 'pipeline.failed'),
      [],
    );
    assert.deepEqual((await process.stop()).failed, []);
  });

  it('C2: a load continues with the files that are left in the ledger', async () => {
    const failing = new FailingOver();
    const { world } = failing;
    await world.prepare();
    await world.busy(MINUTE);
    failing.start();
    await world.until(() => world.checkpoint?.export?.arn !== undefined);
    const standby = failing.standby();
    await world.until(() => world.stage.loadedFiles().length > 0);
    failing.failOver(standby);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.checkpoint!.generation, 1);
  });

  it('C2: a resync whose start was lost ends only with another generation', async () => {
    const { failing, world, process } = await following();
    const standby = failing.standby();
    const { generation } = world.checkpoint!;
    let publishedThen: number | undefined;
    const resynced = process.replicator.resync(world.tableName).then(() => {
      publishedThen = world.checkpoint?.published?.generation;
    });
    await world.until(() => world.checkpoint?.generation === generation + 1);
    failing.failOver(standby);
    await world.until(() => publishedThen !== undefined);
    await resynced;
    assert.equal(publishedThen, generation + 1);
    await process.stop();
  });

  it('C2: a generation whose start was lost starts again', async () => {
    const failing = new FailingOver();
    const { world } = failing;
    await world.prepare();
    const first = failing.start();
    await world.untilCaughtUp();
    await first.stop();
    const standby = failing.standby();
    const { generation } = world.checkpoint!;
    failing.start({ resync: true });
    await world.until(() => failing.leases === 2);
    failing.failOver(standby);
    await world.until(() => world.checkpoint?.published?.generation === generation + 1);
    await world.untilCaughtUp();
    world.assertEqual();
  });
});
