import assert from 'node:assert/strict';
import { cutOf, tooFar } from '../../../acceptance/checks/cuts';
import {
  interrupted,
  lifeOfText,
  listed,
  type ShardLife,
  textOfLife,
  unobserved,
} from '../../../acceptance/checks/shard-lives';
import type { Listing } from '../../../acceptance/checks/shards';

const SECOND = 1_000;

/** The id of a shard that was opened at this second. */
const idAt = (second: number): string => `shardId-${String(second * SECOND).padStart(20, '0')}-0123abcd`;

/** A listing that takes a second. A shard is named by its second, one that has closed with a minus. */
function listing(second: number, ...shards: readonly number[]): Listing {
  return {
    status: 'ENABLED',
    startedAt: second * SECOND,
    endedAt: (second + 1) * SECOND,
    shards: shards.map((each) => ({
      id: idAt(Math.abs(each)),
      parent: PARENTS[Math.abs(each)] === undefined ? undefined : idAt(PARENTS[Math.abs(each)] ?? 0),
      starting: '1',
      ending: each < 0 ? '2' : undefined,
    })),
  };
}

/** The parents of shards, by their seconds. */
const PARENTS: Readonly<Record<number, number>> = { 100: 1, 200: 100 };

function livesAfter(...listings: readonly Listing[]): Map<number, ShardLife> {
  const lives = new Map<string, ShardLife>();
  listings.forEach((each, index) => listed(lives, each, listings[index - 1]));
  return new Map([...lives.values()].map((life) => [life.openedAt / SECOND, life]));
}

describe('acceptance: the lives of shards', () => {
  it('a new shard was unlisted at least until the last listing without it began', () => {
    const lives = livesAfter(listing(90, 1), listing(150, 1), listing(170, -1, 100));
    assert.equal(lives.get(100)?.unlistedMs, 50 * SECOND);
    assert.equal(lives.get(1)?.unlistedMs, 0);
    assert.equal(lives.get(1)?.isRoot, true);
    assert.equal(lives.get(100)?.isRoot, false);
  });

  it('nothing is known of how long it was unlisted without an earlier listing', () => {
    const lives = new Map<string, ShardLife>();
    listed(lives, listing(90, 1), undefined);
    listed(lives, listing(900, -1, 100), undefined);
    assert.equal(lives.get(idAt(100))?.unlistedMs, 0);
  });

  it('a listed shard was hidden from the end of the first listing without it to the start of the last', () => {
    const lives = livesAfter(
      listing(10, 1, 2),
      listing(20, 1),
      listing(50, 1),
      listing(99, 1),
      listing(110, 1, 2),
    );
    assert.equal(lives.get(2)?.hiddenMs, (99 - 21) * SECOND);
    assert.equal(lives.get(2)?.missing, undefined);
    assert.equal(lives.get(1)?.hiddenMs, 0);
  });

  it('a shard that stays away is missing, not hidden', () => {
    const life = livesAfter(listing(10, 1, 2), listing(20, 1), listing(90, 1)).get(2);
    assert.deepEqual(life?.missing, { from: 21 * SECOND, until: 90 * SECOND });
    assert.equal(life?.hiddenMs, 0);
  });

  it('a time without listings ends no absence, but one that ended in it was not watched', () => {
    const lives = new Map<string, ShardLife>();
    listed(lives, listing(10, 1, 2), undefined);
    listed(lives, listing(30, 1), listing(10, 1, 2));
    unobserved(lives);
    listed(lives, listing(300, 1), listing(30, 1));
    assert.deepEqual(lives.get(idAt(2))?.missing?.from, 31 * SECOND);
    assert.equal(lives.get(idAt(2))?.missing?.until, 300 * SECOND);
    listed(lives, listing(320, 1, 2), listing(300, 1));
    assert.equal(lives.get(idAt(2))?.hiddenMs, 0);
    listed(lives, listing(340, 1), listing(320, 1, 2));
    listed(lives, listing(400, 1), listing(340, 1));
    listed(lives, listing(420, 1, 2), listing(400, 1));
    assert.equal(lives.get(idAt(2))?.hiddenMs, (400 - 341) * SECOND);
  });

  it('a shard is an orphan until its parent is listed', () => {
    const lives = livesAfter(
      listing(10, 1),
      listing(210, 1, 200),
      listing(240, 1, 200),
      listing(300, 1, -100, 200),
    );
    assert.equal(lives.get(200)?.orphanMs, (240 - 211) * SECOND);
    assert.equal(lives.get(200)?.orphan, undefined);
  });

  it('looked open when a listing last showed it without an end', () => {
    const lives = livesAfter(listing(10, 1), listing(120, 1, 100), listing(140, -1, 100));
    assert.equal(lives.get(1)?.lastOpenAt, 120 * SECOND);
    assert.equal(lives.get(1)?.ending, '2');
    assert.equal(lives.get(100)?.lastOpenAt, 140 * SECOND);
  });

  it('survives as text; an interruption ends every series', () => {
    const lives = livesAfter(listing(10, 1), listing(210, 200), listing(300, 200));
    for (const life of lives.values()) {
      life.keys.add('a');
      life.times.push(5);
      const text = textOfLife(life);
      assert.equal(textOfLife(lifeOfText(text)), text);
      assert.deepEqual(lifeOfText(text).keys, life.keys);
      assert.equal(lifeOfText(text).lostAgeMs, Infinity);
      assert.equal(lifeOfText(textOfLife({ ...life, lostAgeMs: 7 })).lostAgeMs, 7);
    }
    const restored = new Map([...lives.values()].map((life) => [life.id, life]));
    interrupted(restored);
    listed(restored, listing(900, 200), undefined);
    assert.equal(restored.get(idAt(1))?.missing?.from, 901 * SECOND);
    assert.equal(restored.get(idAt(200))?.orphan?.from, 901 * SECOND);
  });
});

describe('acceptance: where an export cut an item', () => {
  const writes = [10, 20, 30].map((at) => ({ requestedAt: at * SECOND, answeredAt: at * SECOND + 100 }));
  const at = 20 * SECOND;

  it('between the write that it shows and the next one', () => {
    assert.deepEqual(cutOf(writes, 1, at), { fromMs: 0, toMs: 10_100 });
    assert.deepEqual(cutOf(writes, -1, at), { fromMs: -Infinity, toMs: -9_900 });
    assert.deepEqual(cutOf(writes, 2, at), { fromMs: 10_000, toMs: Infinity });
  });

  it('is too far only if no time between the two is near', () => {
    const cuts = [
      { fromMs: 61_000, toMs: 62_000 },
      { fromMs: -62_000, toMs: -61_000 },
      { fromMs: -Infinity, toMs: Infinity },
    ];
    assert.equal(tooFar(cuts), 0);
    assert.equal(
      tooFar([
        { fromMs: 61_001, toMs: 62_000 },
        { fromMs: -Infinity, toMs: -61_001 },
      ]),
      2,
    );
  });
});
