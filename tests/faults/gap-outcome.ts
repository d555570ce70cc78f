import assert from 'node:assert/strict';
import { Gap, type GapReason } from '../../runtime/stream/gap';
import { instant } from '../../runtime/observe/figures';
import { HOUR, MINUTE } from '../simulation/world';
import type { WireWorld } from './wire-world';

/** Asserts that it stopped for a gap, named the time range and what to do, and left the destination as it was. */
export async function assertGap(
  world: WireWorld,
  process: Parameters<WireWorld['errorOf']>[0],
  reason: GapReason,
) {
  const before = world.destination();
  const failure = await world.errorOf(process, 3 * HOUR);
  assert(failure instanceof Gap, failure.stack);
  assert.equal(failure.kind, 'gap');
  assert.equal(failure.reason, reason);
  assert(failure.from <= failure.to);
  const to = instant(Math.ceil(failure.to / 1_000) * 1_000);
  assert(failure.message.includes(`between ${instant(failure.from)} and ${to} may be lost`), failure.message);
  assert.match(
    failure.message,
    /Otherwise reload the table; its present rows stay visible .*: dynamodb-replicator resync --table \S+ --bucket \S+ --to \S+/,
  );
  assert.deepEqual(world.destination(), before);

  const again = await world.errorOf(world.start());
  assert(again instanceof Gap, 'it does not forget');
  assert.equal(again.message, failure.message);
}

/** Asserts that a resync repairs everything. */
export async function assertResyncs(world: WireWorld): Promise<void> {
  const process = world.start({ resync: true });
  await world.busy(MINUTE);
  await world.assertRecovers(process);
}
