import assert from 'node:assert/strict';
import type { Process } from './process';
import { DAY, MINUTE, SECOND, World, type WorldOptions } from './world';

/** A table that is healed. Polls are rare, so that days pass quickly. */
function healingWorld({ knobs, settings, ...options }: WorldOptions = {}): World {
  return new World({
    seed: 7,
    grain: SECOND,
    ...options,
    knobs: { partitions: 2, exportDurationMs: [5 * MINUTE, 5 * MINUTE], ...knobs },
    settings: {
      onGap: 'heal',
      heal: { maxUsd: 50, readUnitsPerSecond: 100 },
      poll: { minMs: 1_000, maxMs: 60_000, listShardsMs: 30_000, exportMs: 10_000 },
      ...settings,
    } as never,
  });
}

/** A world whose table has just become visible, with a process. */
export async function published(options: WorldOptions = {}): Promise<{ world: World; process: Process }> {
  const world = healingWorld(options);
  await world.prepare();
  for (let writes = options.keys ?? 5; writes > 0; writes--) world.write();
  await world.clock.advance(10 * MINUTE);
  const process = world.start();
  await world.until(() => world.phase === 'stream');
  return { world, process };
}

/** A world whose table is visible and followed, with a process. */
export async function following(options: WorldOptions = {}): Promise<{ world: World; process: Process }> {
  const world = healingWorld(options);
  await world.prepare();
  for (let i = 0; i < 5; i++) world.write();
  const process = world.start();
  await world.untilCaughtUp();
  await world.busy(10 * MINUTE);
  await world.untilCaughtUp();
  return { world, process };
}

export const healed = (world: World) => world.heardOf('pipeline.healed');
export const failures = (world: World) => world.heardOf('pipeline.failed').map(({ error }) => error);

/** Lets time pass until a heal is published. The visible table does not change before. */
export async function untilHealed(world: World, times = 1): Promise<void> {
  const visible = world.visible();
  for (let waited = 0; healed(world).length < times; waited += MINUTE) {
    assert.deepEqual(world.visible(), visible, 'the visible table stays unchanged until the publish');
    assert.ok(waited < DAY, `not healed in a day: ${failures(world).at(-1)?.message}`);
    await world.busy(MINUTE);
  }
  await world.untilCaughtUp();
}
