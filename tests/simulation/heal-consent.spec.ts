import assert from 'node:assert/strict';
import type { HealAnswer, HealPlan } from '../../runtime/pipeline/context';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import { ServiceError } from '../../simulator';
import { downtime } from './gap-variants';
import type { BeforeCall } from './in-process-services';
import type { Process } from './process';
import { failures, following, untilHealed } from './healing-world';
import { HOUR, MINUTE } from './world';

function failing(operation: string, error: ServiceError): BeforeCall {
  return (called) => {
    if (called === operation) throw error;
  };
}

describe('simulation/heal-consent', () => {
  it('G3: without the right to read keys it waits and names the right; once it has it, it heals', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    let isDenied = true;
    const denied = failing(
      'BatchGetItem',
      new ServiceError('AccessDeniedException', 'not authorized to perform: dynamodb:BatchGetItem', 400),
    );
    const next = world.start({ beforeCall: (...call) => (isDenied ? denied(...call) : undefined) });
    await world.until(() => failures(world).length > 0);
    assert.ok(failures(world)[0] instanceof GapNotHealed, String(failures(world)[0]!.stack));
    assert.match(failures(world)[0]!.message, /dynamodb:BatchGetItem/);
    assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
    isDenied = false;
    const [first, ...more] = world.heardOf('pipeline.failed');
    assert.deepEqual([first!.isRepeated, more.every(({ isRepeated }) => isRepeated)], [false, true]);
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  it('G3: a heal that would cost too much is not begun', async () => {
    const { world, process } = await following({ settings: { heal: { maxUsd: 0 } } as never });
    const next = await downtime(world, process, 25 * HOUR);
    await world.until(() => failures(world).length > 0);
    assert.match(
      failures(world)[0]!.message,
      /it would cost less than \$0\.01, and heal\.maxUsd is 0\. Raise heal\.maxUsd/,
    );
    assert.equal(world.heardOf('heal.requested').length, 0);
    await next.stop();
  });

  it('G3: on a terminal no heal begins before the answer; a yes begins it at once', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    const answers: HealAnswer[] = ['awaited', 'awaited', 'agreed'];
    const plans: HealPlan[] = [];
    const next = world.start({
      consent: (plan) => {
        plans.push(plan);
        return answers[plans.length - 1] ?? assert.fail('asked again');
      },
    });
    await world.until(() => failures(world).length === 2);
    for (const error of failures(world))
      assert.match(error.message, /behind\. It can be healed, once you agree on the terminal of `run`\.$/);
    assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
    const { pipeline } = plans[0]!;
    next.replicator.tryAgain(pipeline);
    await world.until(() => plans.length === 3, MINUTE);
    await untilHealed(world);
    world.assertEqual();
    const [asked, { exports, from, priceUsd }] = [plans[2]!, world.heardOf('heal.requested')[0]!];
    assert.deepEqual([asked.exports, asked.from], [exports, from]);
    assert.ok(Math.abs(asked.priceUsd - priceUsd) < 0.000_01, 'the same, but for what was written meanwhile');
    await next.stop();
  });

  it('G3: an answer that comes before the pipeline has stopped begins the heal at once too', async () => {
    const { world, process } = await following();
    process.kill();
    await world.busy(25 * HOUR);
    let asked = 0;
    const next: Process = world.start({
      consent: ({ pipeline }) => {
        next.replicator.tryAgain(pipeline);
        return asked++ === 0 ? 'awaited' : 'agreed';
      },
    });
    await world.until(() => asked === 2, MINUTE);
    await untilHealed(world);
    world.assertEqual();
    await next.stop();
  });

  for (const answer of ['awaited', 'refused'] as const)
    it(`G3: a heal that is ${answer} leaves the gap as it is, and a resync is served`, async () => {
      const { world, process } = await following();
      process.kill();
      await world.busy(25 * HOUR);
      const visible = world.visible();
      const next = world.start({ consent: () => answer });
      await world.until(() => failures(world).length === 3);
      assert.deepEqual(world.visible(), visible);
      assert.equal(world.heardOf('heal.requested').length, 0, 'nothing was paid for');
      if (answer === 'refused')
        assert.match(
          failures(world)[0]!.message,
          /you declined 2 incremental exports .*restart this command.*dynamodb-replicator resync --table orders --bucket/s,
        );
      assert.ok(next.isAlive);
      await world.clock.run(next.replicator.resync(world.tableName));
      await world.untilCaughtUp();
      world.assertEqual();
      await next.stop();
    });
});
