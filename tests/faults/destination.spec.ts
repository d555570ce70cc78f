import assert from 'node:assert/strict';
import {
  CommitOutcomeUnknown,
  DestinationUnavailable,
  DestinationUnusable,
  LeaseLost,
} from '../../runtime/destinations/errors';
import type { Disturbance } from '../simulation/disturbed-destination';
import { MINUTE } from '../simulation/world';
import { full, quickIf } from '../tiers/tier';
import { closeWorlds, WireWorld } from './wire-world';

/** All calls of the destination in a life without a verify. */
const STEPS = [
  'inspect',
  'lease',
  'readColumns',
  'readCheckpoint',
  'widen',
  'startGeneration',
  'readLedger',
  'load',
  'loadConnections',
  'load.flush',
  'load.commit',
  'save',
  'apply',
  'publish',
];
/** Steps that continue after the table is published. */
const LASTING = ['save', 'apply'];
/** Steps that write. */
const COMMITS = ['lease', 'widen', 'startGeneration', 'load.commit', 'save', 'apply', 'publish'];

const away = (): Error => new DestinationUnavailable('The destination is unreachable. Start it.');
const unknown = (): Error => new CommitOutcomeUnknown();

/** Throws `fault` at the first `times` calls of a step, before or after the step runs; `met` counts them. */
function disturbing(
  step: string,
  when: 'before' | 'after',
  fault: () => Error,
  times = 2,
): Disturbance & { readonly met: () => number } {
  let left = times;
  return {
    met: () => times - left,
    [when]: (at: string) => {
      if (at !== step || left === 0) return;
      left--;
      throw fault();
    },
  };
}

describe('faults/destination', () => {
  afterEach(closeWorlds);

  for (const step of STEPS) {
    quickIf(step === 'apply').it(
      `F38: the destination is unreachable at ${step}: waits and continues`,
      async () => {
        const world = await WireWorld.open();
        const disturbance = disturbing(step, 'before', away, 4);
        await (LASTING.includes(step)
          ? world.liveThrough({ disturbance })
          : world.loadThrough({ disturbance }));
        assert.equal(disturbance.met(), 4);
        assert.match(
          world.heardOf('destination.retry')[0]?.message ?? '',
          /The destination is unreachable\. Start it\./,
        );
      },
    );
  }

  for (const step of COMMITS) {
    quickIf(step === 'publish').it(
      `F38: the connection is lost at the commit of ${step}, which succeeded: looks it up and applies nothing twice`,
      async () => {
        const world = await WireWorld.open();
        const disturbance = disturbing(step, 'after', unknown);
        await (LASTING.includes(step)
          ? world.liveThrough({ disturbance })
          : world.loadThrough({ disturbance }));
        assert(disturbance.met() > 0);
      },
    );

    quickIf(step === 'apply').it(
      `F38: the connection is lost at the commit of ${step}, which failed: looks it up and loses nothing`,
      async () => {
        const world = await WireWorld.open();
        const disturbance = disturbing(step, 'before', unknown);
        await (LASTING.includes(step)
          ? world.liveThrough({ disturbance })
          : world.loadThrough({ disturbance }));
        assert(disturbance.met() > 0);
      },
    );
  }

  full.it(
    'F38: the destination is unreachable for half an hour: loses nothing, and logs retries less and less often',
    async () => {
      const world = await WireWorld.open();
      let isAway = false;
      const before = (): void => {
        if (isAway) throw away();
      };
      const process = await world.startPublished({ disturbance: { before } });
      isAway = true;
      await world.busy(30 * MINUTE);
      const told = world.heardOf('destination.retry');
      assert(told.length > 10 && told.length < 300, `told ${told.length} times`);
      isAway = false;
      await world.assertRecovers(process);
    },
  );

  it('F38: the destination rejects a batch for good: stops with its message, and continues when started again', async () => {
    const world = await WireWorld.open();
    const refused = new DestinationUnusable('The destination cannot hold this. Choose another with --to.');
    const disturbance = disturbing('apply', 'before', () => refused, 1);
    const failure = await world.errorOf(
      await world.startPublished().then(async (process) => {
        await world.settled(process.stop());
        const next = world.start({ disturbance });
        await world.busy(MINUTE);
        return next;
      }),
    );
    assert.equal(failure, refused);
    await world.assertRecovers(world.start());
    assert.equal(world.exportArns().length, 1);
  });

  for (const step of COMMITS) {
    quickIf(step === 'publish').it(
      `F36: killed right after the commit of ${step}, twice: loses nothing and applies nothing twice`,
      async () => {
        const world = await WireWorld.open();
        for (let round = 1; round <= 2; round++) {
          let dead = false;
          const doomed = world.start({
            disturbance: {
              after: (at) => {
                if (at !== step || dead) return;
                dead = true;
                doomed.kill();
              },
            },
          });
          await world.until(() => !doomed.isAlive || dead || (round === 2 && world.phase === 'stream'));
          doomed.kill();
          world.write();
        }
        await world.loadThrough();
      },
    );
  }

  it('F39: a second replicator starts: the first stops and reports why, the second continues', async () => {
    const world = await WireWorld.open();
    const first = await world.startPublished();
    const second = world.start();
    await world.busy(MINUTE);
    const failure = await world.errorOf(first);
    assert(failure instanceof LeaseLost);
    assert.equal(failure.kind, 'fatal');
    assert.match(
      failure.message,
      /Another replicator has taken over pipeline .*orders, so this one stops\. Nothing is lost/,
    );
    await world.assertRecovers(second);
  });

  it('F39: a second replicator starts during the load: one export, loaded once', async () => {
    const world = await WireWorld.open();
    const first = await world.startLoading();
    const second = world.start();
    await world.busy(MINUTE);
    assert((await world.errorOf(first)) instanceof LeaseLost);
    await world.assertRecovers(second);
    assert.equal(world.exportArns().length, 1);
  });

  it('F39: a process that was suspended for ten minutes finds another in its place and writes nothing', async () => {
    const world = await WireWorld.open();
    const zombie = await world.startPublished();
    zombie.freeze();
    world.write();
    const second = world.start();
    await world.busy(10 * MINUTE);
    zombie.thaw();
    assert((await world.errorOf(zombie)) instanceof LeaseLost);
    await world.assertRecovers(second);
  });
});
