import assert from 'node:assert/strict';
import { CallRate } from '../../../runtime/aws/call-rate';
import { retrying } from '../../../runtime/aws/retrying';
import { Events } from '../../../runtime/observe/events';
import { VirtualClock } from '../../simulation/virtual-clock';
import { Applier } from './applier';
import { MINUTE, SECOND } from './arrivals';
import type { FakeStream } from './fake-stream';

describe('runtime/stream: awaited children', () => {
  let applier: Applier;
  let stream: FakeStream;

  beforeEach(() => {
    applier = new Applier(new VirtualClock(undefined, 50));
    stream = applier.stream;
    stream.open('A');
    // Three pages.
    for (let index = 100; index < 350; index++) stream.open(`A${index}`);
  });

  afterEach(async () => {
    if (applier.poller) await applier.clock.run(applier.poller.stop());
  });

  /** How long it takes until a child is known after DescribeStream shows it. */
  async function untilKnown(child: string): Promise<number> {
    const since = applier.clock.now();
    while (!applier.graph.shards.has(child)) await applier.applyFor(SECOND);
    return applier.clock.now() - since;
  }

  it('S3: while few shards wait, the children of an ended shard are asked for, and read before the next listing', async () => {
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.write('A', 1);
    stream.close('A');
    const before = stream.listings.length;
    const since = applier.clock.now();
    await applier.applyFor(6 * SECOND);
    stream.open('B', 'A');
    await untilKnown('B');
    assert.ok(applier.clock.now() - since < 14 * SECOND);
    assert.ok(stream.listings.length - before <= 1, String(stream.listings.length - before));
    const asked = stream.childrenAskedOf.length;
    assert.ok(asked > 1 && asked < 6, String(asked));
    await applier.applyFor(3 * SECOND);
    assert.ok(applier.readsOf('B').length > 0);
  });

  it('S3: when more shards wait than half the pages of a listing, the stream is listed instead', async () => {
    await applier.start();
    await applier.applyFor(MINUTE);
    const ending = Array.from({ length: 10 }, (_, i) => `A${100 + i}`);
    for (const id of ending) {
      stream.close(id);
      stream.open(`${id}child`, id);
    }
    await applier.applyFor(10 * SECOND);
    // They do not end at the same instant: the first may have been alone.
    const asked = new Set(stream.childrenAskedOf).size;
    assert.ok(asked <= 2, String(stream.childrenAskedOf));
    for (const id of ending) assert.ok(applier.readsOf(`${id}child`).length > 0, id);
  });

  it('S3: a shard whose children never appear is asked about every 15 s, and the pauses of listings stay the same', async () => {
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.close('A');
    const before = stream.listings.length;
    await applier.applyFor(5 * MINUTE);
    const asked = stream.childrenAskedOf.length;
    assert.ok(asked >= 20 && asked <= 24, String(asked));
    assert.ok(stream.listings.length - before <= 20, String(stream.listings.length - before));
  });

  describe('when a listing takes minutes', () => {
    const listingTakes = (ms: number) => {
      stream.latencyOf = (parentId) => (parentId === undefined ? ms / 3 : 10);
    };

    it('S3: a child that is shown late is known soon after, and not only with the next listing', async () => {
      await applier.start();
      listingTakes(2 * MINUTE);
      await applier.applyFor(3 * MINUTE);
      const before = stream.listings.length;
      stream.close('A');
      await applier.applyFor(50 * SECOND);
      stream.open('B', 'A');
      const ms = await untilKnown('B');
      assert.ok(ms <= 17 * SECOND, `${ms} ms`);
      assert.equal(stream.listings.length, before);
    });

    it('S3: children are asked for while a listing is under way, however late that is answered', async () => {
      await applier.start();
      await applier.applyFor(MINUTE);
      listingTakes(10 * 60 * MINUTE);
      const before = stream.listings.length;
      await applier.applyFor(MINUTE);
      stream.close('A');
      stream.open('B', 'A');
      const ms = await untilKnown('B');
      assert.ok(ms <= 7 * SECOND, `${ms} ms`);
      assert.equal(stream.listings.length, before, 'the listing under way has not ended');
    });
  });

  it('S3: only the last answer about the children of one shard is kept until it is taken', async () => {
    await applier.start();
    await applier.applyFor(MINUTE);
    stream.close('A');
    await applier.applyFor(6 * SECOND);
    stream.open('B', 'A');
    await applier.clock.advance(3 * MINUTE);
    const taken = await applier.clock.run(applier.takeOnce());
    assert.equal(taken.filter(({ kind }) => kind === 'children').length, 1);
  });

  it('S3: with limited calls, the shards that wait longest are asked about first, and listings continue', async () => {
    const { clock } = applier;
    for (let index = 1_000; index < 1_500; index++) stream.open(`B${index}`);
    const describing = new CallRate(clock, 5);
    const limited = retrying(stream.aws, { clock, events: new Events(), random: () => 0.5, describing });
    Object.assign(applier.aws, limited);
    await applier.start();
    await applier.applyFor(MINUTE);
    const ending = ['A100', 'A101', 'A102'];
    for (const id of ending) {
      stream.write(id);
      stream.close(id);
    }
    const listings = stream.listings.length;
    await applier.applyFor(3 * MINUTE);
    const counts = ending.map((id) => stream.childrenAskedOf.filter((asked) => asked === id).length);
    assert.ok(Math.min(...counts) >= 13 && Math.max(...counts) <= 16, String(counts));
    const gaps = stream.listings
      .slice(listings + 1)
      .map((at, index) => at - stream.listings[listings + index]!);
    assert.ok(gaps.length >= 5 && Math.max(...gaps) <= 32 * SECOND, String(gaps));
  });
});
