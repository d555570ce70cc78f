import assert from 'node:assert/strict';
import { reportOf } from '../../../runtime/control/report';
import { ShardsMissing } from '../../../runtime/pipeline/checkpoint';
import type { PipelineRecord } from '../../../runtime/destinations/destination';
import { MemoryStage } from '../../simulation/stage';
import { World } from '../../simulation/world';

describe('a pipeline whose shards were deleted by hand', () => {
  let stage: MemoryStage;
  let world: World;
  beforeEach(async () => {
    stage = new MemoryStage();
    world = new World({ stage });
    await world.prepare();
    world.put('a', 1);
    const first = world.start();
    await world.clock.run(until(() => rows() === 1 && isStreaming()));
    await first.stop();
    stage.pipeline?.shards.clear();
  });

  const rows = () => stage.visible().size;
  const isStreaming = () => stage.checkpoint?.phase === 'stream';
  const until = async (done: () => boolean) => {
    while (!done()) await world.clock.sleep(1_000);
  };

  it('stops, and names the verb that reloads it', async () => {
    const { failed } = await world.clock.run(world.start().outcome);
    const error = failed[0]?.error;
    assert.ok(error instanceof ShardsMissing, String(error));
    assert.match(
      error.message,
      /dynamodb-replicator resync --table orders --bucket exports\/replicator --to memory$/,
    );
  });

  it('is reloaded by a resync', async () => {
    world.put('b', 2);
    const process = world.start({ resync: true });
    await world.clock.run(until(() => stage.pipeline?.generation === 2 && rows() === 2 && isStreaming()));
    await process.stop();
    const again = world.start();
    world.put('c', 3);
    await world.clock.run(until(() => rows() === 3));
    await again.stop();
  });

  const shown = async (edit: (record: PipelineRecord) => PipelineRecord = (record) => record) => {
    const pipeline = stage.pipeline?.target.pipeline ?? '';
    const record = await stage.destination(world, () => undefined).inspect(pipeline);
    assert.ok(record);
    return reportOf(pipeline, edit(record), undefined, 0);
  };

  it('is shown by status with its problem', async () => {
    const report = await shown();
    assert.equal(report.phase, 'stopped');
    assert.equal(report.rows, 1);
    assert.match(report.error ?? '', /resync --table orders/);
    assert.equal(report.watermark, null);
  });

  it('is shown with a checkpoint of another version, too', async () => {
    const checkpoint = { head: '{"format":99}', shards: new Map<string, string>() };
    const report = await shown((record) => ({ ...record, checkpoint }));
    assert.match(report.error ?? '', /another version of the replicator/);
  });
});
