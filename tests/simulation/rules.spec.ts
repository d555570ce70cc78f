import assert from 'node:assert/strict';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { MINUTE, SECOND, World } from './world';

/** Rules whose violation costs time or money instead of rows, so they are asserted directly. */
describe('simulation/rules', () => {
  /** The checkpoint before the first call of each operation. */
  function callsOf(world: World): { before: Map<string, Checkpoint | undefined>; subjects: Set<string> } {
    const before = new Map<string, Checkpoint | undefined>();
    const subjects = new Set<string>();
    world.start({
      beforeCall: (operation, subject) => {
        if (!before.has(operation)) before.set(operation, world.checkpoint);
        if (operation === 'GetRecords' && subject !== undefined && !before.has('DescribeExport')) {
          subjects.add(subject);
        }
      },
    });
    return { before, subjects };
  }

  it('A1: a generation starts when the stream has been on for five minutes, and stores table id and ARN', async () => {
    const world = new World();
    await world.prepare(20 * SECOND);
    const streamMadeAt = world.clock.startedAt;
    callsOf(world);
    await world.until(() => world.checkpoint !== undefined);
    const { graph, tableId, streamArn } = world.checkpoint!;
    assert(graph.s0 >= streamMadeAt, 'S0 is before the stream was there');
    assert.equal(tableId, world.tableId);
    assert.match(streamArn, /\/stream\//);
  });

  it('A2: every root is read at once, before there is an export', async () => {
    const world = new World({ knobs: { partitions: 3 } });
    await world.prepare();
    const roots = world.simulator.openShards(world.tableName);
    const { subjects } = callsOf(world);
    await world.until(() => world.checkpoint?.export?.arn !== undefined);
    await world.clock.advance(30 * SECOND);
    assert.deepEqual([...subjects].sort(), [...roots].sort());
  });

  it('A3: T is 5 minutes after S0 or later; the token is stored before the request, and the ARN right after it', async () => {
    const world = new World();
    await world.prepare();
    const { before } = callsOf(world);
    await world.untilCaughtUp();
    const asked = before.get('ExportTableToPointInTime');
    assert(asked?.export, 'no token was stored before the request');
    assert(asked.export.exportTime >= asked.graph.s0 + 5 * MINUTE);
    assert.equal(asked.export.arn, undefined);
    const found = before.get('DescribeExport')?.export;
    assert.equal(found?.clientToken, asked.export.clientToken);
    assert.notEqual(found.arn, undefined, 'the ARN was not stored right after the request');
  });

  it('A3: T of a resync is 62 s after the changes table was opened, or later', async () => {
    const world = new World();
    await world.prepare();
    const first = world.start();
    await world.untilCaughtUp();
    await first.stop();
    let openedAt = Infinity;
    world.start({
      resync: true,
      disturbance: {
        after: (step) => {
          if (step === 'startGeneration') openedAt = world.clock.now();
        },
      },
    });
    await world.until(() => world.phase === 'load' && world.checkpoint?.export !== undefined);
    assert(world.checkpoint!.export!.exportTime >= openedAt + 62 * SECOND);
  });

  it('P2: is published when W has passed T by 62 s, and not earlier', async () => {
    const world = new World({
      // Makes the publish wait for W and not for the export.
      knobs: { exportDurationMs: [SECOND, SECOND] },
      settings: { poll: { minMs: 250, maxMs: 1_000, listShardsMs: 15_000, exportMs: 1_000 } },
    });
    await world.prepare();
    world.write();
    const marginsMs: number[] = [];
    world.start({
      disturbance: {
        after: (step) => {
          if (step !== 'publish') return;
          const { graph, published } = world.checkpoint!;
          marginsMs.push(graph.watermark - published!.exportTime);
        },
      },
    });
    await world.untilCaughtUp();
    assert.equal(marginsMs.length, 1);
    assert(marginsMs[0]! >= 62 * SECOND, `after ${marginsMs[0]} ms`);
  });

  it('W1: W advances and is stored while nothing is written', async () => {
    const world = new World();
    await world.prepare();
    world.start();
    await world.untilCaughtUp();
    const before = world.checkpoint!.graph.watermark;
    await world.clock.advance(10 * MINUTE);
    const after = world.checkpoint!.graph.watermark;
    assert(after - before > 8 * MINUTE && after >= world.clock.now() - 2 * MINUTE, `${before} ${after}`);
  });
});
