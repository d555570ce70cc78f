import assert from 'node:assert/strict';
import { Gap } from '../../../runtime/stream/gap';
import { type Applier, beforeEachApplier } from './applier';
import { HOUR, MINUTE, record, SECOND, sequence } from './arrivals';
import { type FakeStream, fault } from './fake-stream';

describe('runtime/stream/poller: what is a gap and what is not', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEachApplier((fresh) => {
    applier = fresh;
    stream = fresh.stream;
  });

  for (const [code, reason] of [
    ['TrimmedDataAccessException', 'trimmed'],
    ['ResourceNotFoundException', 'shard gone'],
  ] as const) {
    for (const operation of ['GetShardIterator', 'GetRecords']) {
      it(`G1: ${code} of ${operation} is a gap`, async () => {
        stream.write('A');
        await applier.start();
        await applier.applyFor(SECOND);
        stream.inject = (called) => {
          if (called === operation) throw fault(code);
        };
        await applier.restart();
        await assert.rejects(applier.applyFor(MINUTE), (error) => {
          assert.ok(error instanceof Gap);
          assert.equal(error.reason, reason);
          assert.equal(error.shardId, 'A');
          assert.equal(error.from, applier.graph.watermark());
          return true;
        });
      });
    }
  }

  it('A2: a shard whose position is trimmed while nothing was kept is read again from the trim horizon', async () => {
    const old = applier.clock.now() - HOUR;
    const { records } = stream.shards.get('A')!;
    records.push(record(0, old), record(1, old));
    await applier.start();
    await applier.applyFor(SECOND);
    stream.inject = (operation) => {
      if (operation === 'GetRecords') {
        stream.inject = () => undefined;
        throw fault('TrimmedDataAccessException');
      }
    };
    records.splice(0, 2);
    stream.write('A', 3);
    await applier.applyFor(MINUTE);
    assert.deepEqual(
      stream.iterators.map(({ position }) => position),
      ['TRIM_HORIZON', 'TRIM_HORIZON'],
    );
  });

  it('A2: a shard that leaves unread while nothing was kept counts as read, and its child is read', async () => {
    stream.close('A');
    stream.open('B', 'A');
    stream.write('B', 2);
    await applier.start();
    stream.shards.delete('A');
    await applier.applyFor(MINUTE);
    assert.deepEqual(applier.kept, [`B:${sequence(0)}`, `B:${sequence(1)}`]);
    assert.equal(applier.graph.shards.get('A')?.stage, 'succeeded');
  });

  it('A2: when many shards have left, one call checks for all of them that their stream exists', async () => {
    for (let index = 100; index < 140; index++) {
      stream.open(`L${index}`);
      stream.close(`L${index}`);
    }
    await applier.start();
    for (let index = 100; index < 140; index++) stream.shards.delete(`L${index}`);
    const before = stream.listings.length;
    await applier.applyFor(10 * SECOND);
    assert.deepEqual(
      applier.graph.readable().map(({ id }) => id),
      ['A'],
    );
    const asked = stream.listings.length - before;
    assert.ok(asked <= 5, `DescribeStream was asked ${asked} times`);
  });

  it('A2: a shard that counts as read because listings lack it is no longer read', async () => {
    stream.open('L');
    stream.write('L', 3);
    stream.close('L');
    stream.open('M', 'L');
    await applier.start();
    let fails = true;
    stream.inject = (operation, shardId) => {
      if (fails && operation === 'GetRecords' && shardId === 'L')
        throw fault('InternalServerError', 'retry', 'soon');
    };
    stream.hidden.add('L');
    await applier.applyFor(2 * MINUTE);
    assert.notEqual(applier.graph.shards.get('L')?.stage, 'open');
    fails = false;
    await applier.applyFor(2 * MINUTE);
    assert.deepEqual(applier.readsOf('L'), []);
    assert.ok(!applier.kept.some((record) => record.startsWith('L:')), String(applier.kept));
    assert.ok(applier.readsOf('M').length > 0);
  });

  it('A2: a shard that left is a gap when its stream is not found either', async () => {
    stream.close('A');
    await applier.start();
    stream.inject = () => {
      throw fault('ResourceNotFoundException');
    };
    await assert.rejects(
      applier.applyFor(MINUTE),
      (error) => error instanceof Gap && error.reason === 'stream gone',
    );
  });

  it('G1: a stream that is gone is a gap', async () => {
    await applier.start();
    stream.inject = (operation) => {
      if (operation === 'DescribeStream') throw fault('ResourceNotFoundException');
    };
    await assert.rejects(
      applier.applyFor(MINUTE),
      (error) => error instanceof Gap && error.reason === 'stream gone',
    );
  });

  it('G1: a disabled stream that was read to its end may disappear: the poller waits', async () => {
    stream.write('A', 3);
    stream.close('A');
    stream.status = 'DISABLED';
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.inject = (operation) => {
      if (operation === 'DescribeStream') throw fault('ResourceNotFoundException');
    };
    await applier.applyFor(48 * 60 * MINUTE);
    assert.equal(applier.kept.length, 3);
    assert.equal(applier.graph.drained(), true);
  });

  it('G1: the age of W is checked before each read, and a gap ends the polling', async () => {
    let asked = 0;
    const gap = new Gap('too old', 0, 1);
    let isTooOld = false;
    const beforeRead = () => {
      asked += 1;
      if (isTooOld) throw gap;
    };
    await applier.start({ beforeRead });
    await applier.applyFor(MINUTE);
    assert.ok(asked - stream.reads.length <= 1 && asked >= stream.reads.length, `${asked} times`);
    const readsBefore = stream.reads.length;
    isTooOld = true;
    await assert.rejects(applier.applyFor(MINUTE), gap);
    assert.ok(stream.reads.length <= readsBefore + 1);
    await assert.rejects(applier.clock.run(applier.takeOnce()), gap, 'and every later take');
  });

  it('a fault that retries did not resolve ends the polling with that fault', async () => {
    const denied = fault('AccessDeniedException');
    await applier.start();
    await applier.applyFor(SECOND);
    stream.inject = () => {
      throw denied;
    };
    await assert.rejects(applier.applyFor(MINUTE), denied);
  });
});
