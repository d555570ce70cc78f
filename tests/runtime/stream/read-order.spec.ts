import assert from 'node:assert/strict';
import { ReadOrder, type StreamOrder, URGENCIES, type Urgency } from '../../../runtime/stream/read-order';
import { Random } from '../../../simulator/random';
import { seed, sized } from '../../seeds';

interface Read {
  readonly name: string;
  readonly stream: StreamOrder;
  readonly urgency: Urgency;
  readonly dueAt: number;
}

const everything = () => true;

describe('runtime/stream/read-order', () => {
  let order: ReadOrder<Read>;
  let stream: StreamOrder;

  const limit = (concurrentReads: number, idleReadsPerSecond = 1_000_000) => {
    order = new ReadOrder({ concurrentReads, idleReadsPerSecond });
    stream = order.join();
  };
  const wait = (name: string, urgency: Urgency, dueAt = 0, of = stream) =>
    order.wait({ name, stream: of, urgency, dueAt });
  /** All reads that may start now, in order. */
  const started = (now = 0, hasMemory: (read: Read) => boolean = everything): Read[] => {
    const reads: Read[] = [];
    for (let read = order.next(now, hasMemory); read; read = order.next(now, hasMemory)) reads.push(read);
    return reads;
  };
  const names = (reads: readonly Read[]) => reads.map(({ name }) => name).join(' ');

  it('reads shards that are behind first, then those with records, failed ones, unread ones, and idle ones', () => {
    limit(8);
    for (const urgency of URGENCIES.toReversed()) wait(urgency, urgency);
    // Every fourth read is the one that has waited longest.
    assert.equal(names(started()), 'behind records failed unread idle');
  });

  it('starts no read before it is due, and serves equally urgent ones in order of arrival', () => {
    limit(8);
    wait('late', 'records', 20);
    wait('early', 'records', 10);
    wait('first', 'records', 5);
    assert.equal(names(started(9)), 'first');
    assert.equal(order.wakeAt(9), 10);
    assert.equal(names(started(20)), 'early late');
    assert.equal(order.wakeAt(20), undefined);
  });

  it('starts no more concurrent reads than allowed, and another one when a read ends', () => {
    limit(2);
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) wait(name, 'records', index);
    const [a, b] = started(9);
    assert.ok(a && b);
    order.ended(a);
    assert.equal(names(started(9)), 'c');
    order.ended(b);
    assert.equal(names(started(9)), 'd');
  });

  it('gives every fourth read to the shard that has waited longest, however many have records', () => {
    limit(1);
    wait('idle', 'idle', 0);
    wait('unread', 'unread', 1);
    wait('failed', 'failed', 2);
    const seen: string[] = [];
    for (let now = 10; now < 24; now++) {
      wait(`r${now}`, 'records', now);
      const [read] = started(now);
      assert.ok(read);
      seen.push(read.name[0]!);
      order.ended(read);
    }
    assert.equal(seen.join(''), 'rrrirrrurrrfrr');
  });

  it('serves the streams in turn', () => {
    limit(8);
    const other = order.join();
    for (const [index, name] of ['a1', 'a2', 'a3'].entries()) wait(name, 'records', index);
    for (const [index, name] of ['b1', 'b2'].entries()) wait(name, 'records', index, other);
    assert.equal(names(started(9)), 'a1 b1 a2 b2 a3');
  });

  it('limits reads of idle shards over all streams, with a small burst', () => {
    limit(1_000, 200);
    for (let index = 0; index < 1_000; index++) wait(`i${index}`, 'idle');
    assert.equal(started(0).length, 21);
    assert.equal(order.wakeAt(0), 5);
    assert.equal(started(4).length, 0);
    assert.equal(started(5).length, 1);
    let count = 0;
    for (let now = 6; now <= 1_005; now++) count += started(now).length;
    assert.equal(count, 200);
    wait('r', 'records', 1_005);
    assert.equal(names(started(1_005)), 'r', 'other reads do not wait for the limit');
  });

  it('gives at most a quarter of the reads to failed shards, which may fail by hanging', () => {
    limit(8);
    for (let index = 0; index < 8; index++) wait(`f${index}`, 'failed', index);
    wait('idle', 'idle', 9);
    assert.equal(names(started(9)), 'f0 f1 idle');
  });

  it('lets other streams read when one has no memory left', () => {
    limit(8);
    const other = order.join();
    wait('a', 'records');
    wait('b', 'idle', 0, other);
    assert.equal(names(started(0, (read) => read.stream === other)), 'b');
    assert.equal(names(started(0)), 'a');
  });

  it('starts fewer concurrent reads of a throttled stream, and as many as before of others', () => {
    limit(8);
    const other = order.join();
    for (let index = 0; index < 8; index++) wait(`a${index}`, 'records');
    const under = started();
    for (const read of under) order.throttled(read, 2_000);
    for (const read of under) order.ended(read);
    for (let index = 0; index < 8; index++) wait(`a${index}`, 'records');
    for (let index = 0; index < 8; index++) wait(`b${index}`, 'records', 0, other);
    const reads = started(2_000);
    assert.equal(reads.filter((read) => read.stream === stream).length, 4);
    assert.equal(reads.length, 8);
  });

  it('leaves one read of a stream to shards that have not failed, however much it is throttled', () => {
    limit(16);
    for (let count = 0; count < 99; count++) {
      wait('throttled', 'records');
      const [read] = started();
      assert.ok(read);
      order.throttled(read, 0);
      order.ended(read);
    }
    for (const name of ['f0', 'f1', 'f2']) wait(name, 'failed');
    wait('idle', 'idle', 1);
    assert.equal(names(started(1)), 'f0 idle');
  });

  it('does not throttle a stream for a shard that fails repeatedly', () => {
    limit(8);
    for (let index = 0; index < 99; index++) {
      wait('f', 'failed');
      const [read] = started(index);
      assert.ok(read);
      order.throttled(read, index);
      order.ended(read);
    }
    assert.equal(stream.window.reads, 8);
  });

  it('returns the waiting reads when their stream leaves, due or not', () => {
    limit(1);
    const other = order.join();
    wait('under way', 'records');
    wait('due', 'idle');
    wait('early', 'records', 99);
    wait('theirs', 'records', 99, other);
    const [under] = started();
    assert.ok(under);
    assert.equal(names(order.leave(stream)), 'due early');
    order.ended(under);
    assert.equal(names(started(99)), 'theirs');
  });

  it('never starts too many reads, and reads every shard in the end (random)', () => {
    const random = new Random(seed());
    limit(5, 200);
    const streams = [stream, order.join(), order.join()];
    const underWay: Read[] = [];
    let waiting = 0;
    let now = 0;
    const step = () => {
      const reads = started(now);
      underWay.push(...reads);
      waiting -= reads.length;
      assert.ok(underWay.length <= 5, `SEED=${seed()}`);
      assert.ok(underWay.filter(({ urgency }) => urgency === 'failed').length <= 1, `SEED=${seed()}`);
      if (underWay.length > 0 && random.chance(0.7)) {
        const [read] = underWay.splice(random.integer(0, underWay.length), 1) as [Read];
        if (random.chance(0.3)) order.throttled(read, now);
        else order.succeeded(read, now);
        order.ended(read);
      }
      now += random.integer(0, 5);
    };
    for (let count = 0; count < sized(5_000); count++) {
      if (random.chance(0.5)) {
        wait('x', random.pick(URGENCIES), now + random.integer(0, 50), random.pick(streams));
        waiting += 1;
      }
      step();
    }
    for (let count = 0; waiting > 0; count++) {
      assert.ok(count < 100_000, `SEED=${seed()}: ${waiting} wait for ever`);
      step();
    }
  });
});
