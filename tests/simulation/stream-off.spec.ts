import assert from 'node:assert/strict';
import { VerifyFailed } from '../../runtime/pipeline/requests';
import { failures, healed, published, untilHealed } from './healing-world';
import { HOUR, MINUTE, SECOND, World } from './world';

describe('simulation/stream off', () => {
  it('W1, G3: a quiet table whose stream is off for hours: W stays at that time, and a heal brings every change since', async () => {
    const { world, process } = await published();
    await world.clock.advance(20 * MINUTE);
    const before = world.checkpoint!.graph.watermark;
    const offAt = world.clock.now();
    assert.ok(offAt - before < 5 * MINUTE, 'W advances without a change');
    world.setStream(false);
    await world.busy(5 * HOUR);
    assert.equal(world.phase, 'stream');
    assert.ok(world.checkpoint!.graph.watermark <= offAt + MINUTE, 'nothing since is applied');
    world.setStream(true);
    await untilHealed(world);
    world.assertEqual();
    assert.equal(healed(world).length, 1);
    await process.stop();
  });

  it('V2, G1: a stream that goes off once all of it is applied is known to be off: a verify fails, and after a day it is no gap', async () => {
    const { world, process } = await published();
    // A busy shard is read often, so that its end is read before a listing shows that the stream is off.
    await world.untilCaughtUp();
    for (let seconds = 0; seconds < 20; seconds++) {
      world.write();
      await world.clock.advance(SECOND);
    }
    world.setStream(false);
    await world.clock.advance(HOUR);
    assert.equal(world.checkpoint!.graph.status, 'DISABLED');
    const failed = assert.rejects(process.replicator.verify(world.tableName), VerifyFailed);
    await world.clock.advance(10 * MINUTE);
    await failed;
    await world.clock.run(process.stop());
    await world.clock.advance(30 * HOUR);
    const next = world.start();
    await world.clock.advance(HOUR);
    assert.deepEqual(failures(world), []);
    assert.equal(world.checkpoint!.gap, undefined);
    await next.stop();
  });

  for (const isExported of [false, true])
    it(`V2: a verify ${isExported ? 'that waits for its export' : 'that is requested'} while the stream is off fails and says so`, async () => {
      const { world, process } = await published();
      const exports = world.heardOf('export.progress').length;
      if (!isExported) world.setStream(false);
      await world.busy(5 * MINUTE);
      const verify = process.replicator.verify(world.tableName);
      const failed = assert.rejects(verify, (error: unknown) => {
        assert.ok(error instanceof VerifyFailed, String(error));
        assert.match(
          error.message,
          /The stream of table orders is off\. Turn it on with\n {2}aws dynamodb update-table/,
        );
        return true;
      });
      if (isExported) {
        await world.until(() => world.heardOf('export.progress').length > exports);
        world.setStream(false);
      }
      await world.busy(HOUR);
      await failed;
      assert.ok(!world.stage.hasVerify(), 'nothing is left of it');
      assert.equal(world.phase, 'stream');
      await process.stop();
    });

  it('W1, P2: a first load of a quiet table whose stream goes off is not published: it begins again with the next stream', async () => {
    const world = new World({
      seed: 7,
      grain: SECOND,
      knobs: { exportDurationMs: [5 * MINUTE, 5 * MINUTE] },
    });
    await world.prepare();
    for (let writes = 5; writes > 0; writes--) world.write();
    await world.clock.advance(10 * MINUTE);
    const process = world.start();
    await world.until(() => world.heardOf('export.requested').length > 0);
    world.setStream(false);
    await world.busy(2 * HOUR);
    assert.equal(world.phase, 'load');
    world.setStream(true);
    await world.untilCaughtUp();
    world.assertEqual();
    assert.equal(world.checkpoint!.generation, 2);
    await process.stop();
  });
});
