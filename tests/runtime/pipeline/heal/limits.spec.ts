import assert from 'node:assert/strict';
import {
  type HealFacts,
  healObstacle,
  type GapHistory,
  historyAfter,
  historyWith,
  inARow,
  loadObstacle,
  nextHealAt,
  withFailed,
} from '../../../../runtime/pipeline/heal/limits';
import { healFrom } from '../../../../runtime/pipeline/heal/windows';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.UTC(2026, 0, 5, 12);
const SINCE = NOW - 30 * HOUR;
const FACTS: HealFacts = {
  now: NOW,
  since: SINCE,
  recoveryFrom: healFrom(SINCE),
  begun: [],
  failed: undefined,
  priceUsd: 50,
  maxUsd: 50,
};

describe('pipeline/heal/limits', () => {
  it('G3: heals when recovery reaches back to the minute before, and the price is not above the limit', () => {
    assert.equal(healObstacle(FACTS), undefined);
  });

  const cases: readonly [string, Partial<HealFacts>, string | undefined][] = [
    ['recovery is off', { recoveryFrom: undefined }, 'recovery is off'],
    [
      'recovery begins a second too late',
      { recoveryFrom: healFrom(SINCE) + 1_000 },
      'recovery begins too late',
    ],
    ['a heal began less than 6 hours ago', { begun: [NOW - 6 * HOUR + 1] }, 'too soon'],
    ['a heal began 6 hours ago', { begun: [NOW - 6 * HOUR] }, undefined],
    ['two heals in a row', { begun: [NOW - 60 * HOUR, NOW - 30 * HOUR] }, undefined],
    ['three heals in a row', { begun: [NOW - 90 * HOUR, NOW - 60 * HOUR, NOW - 30 * HOUR] }, 'too often'],
    ['it costs a cent too much', { priceUsd: 50.01 }, 'too expensive'],
    ['it costs something, and may cost nothing', { priceUsd: 0.001, maxUsd: 0 }, 'too expensive'],
  ];
  for (const [name, facts, expected] of cases)
    it(`G3: ${name}: ${expected ?? 'heals'}`, () => {
      assert.equal(healObstacle({ ...FACTS, ...facts })?.what, expected);
    });

  it('G3: says until when it is too soon', () => {
    const obstacle = healObstacle({ ...FACTS, begun: [NOW - HOUR] });
    assert.deepEqual(obstacle, { what: 'too soon', until: NOW + 5 * HOUR, after: 'a heal' });
  });

  it('G3: after an export failed, says until when and why it is too soon', () => {
    const failed = { times: 1, at: NOW - MINUTE };
    assert.deepEqual(healObstacle({ ...FACTS, failed }), {
      what: 'too soon',
      until: NOW + 9 * MINUTE,
      after: 'a failed export',
    });
    assert.deepEqual(healObstacle({ ...FACTS, begun: [NOW - HOUR], failed }), {
      what: 'too soon',
      until: NOW + 5 * HOUR,
      after: 'a heal',
    });
  });

  it('G3: heals whose exports fail begin 10 minutes apart, then 20, and so on up to 6 hours, and are no heals in a row', () => {
    let history: GapHistory = { healsBegun: [NOW - 30 * HOUR] };
    const pauses: number[] = [];
    for (let at = NOW, i = 0; i < 8; i++) {
      history = withFailed({ ...history, healsBegun: [...(history.healsBegun ?? []), at] });
      assert.deepEqual(history.healsBegun, [NOW - 30 * HOUR]);
      const next = nextHealAt(history.healsBegun ?? [], history.healsFailed);
      pauses.push((next - at) / MINUTE);
      at = next;
    }
    assert.deepEqual(pauses, [10, 20, 40, 80, 160, 320, 360, 360]);
  });

  for (const [name, begun, expected] of [
    ['no load before', [], undefined],
    ['a load began less than 6 hours ago', [NOW - 6 * HOUR + 1], 'too soon'],
    ['a load began 6 hours ago', [NOW - 6 * HOUR], undefined],
    ['two loads in a row', [NOW - 60 * HOUR, NOW - 30 * HOUR], undefined],
    ['three loads in a row', [NOW - 90 * HOUR, NOW - 60 * HOUR, NOW - 30 * HOUR], 'too often'],
  ] as const)
    it(`G3: with onGap resync, ${name}: ${expected ?? 'requests a full export'}`, () => {
      assert.equal(loadObstacle(NOW, begun)?.what, expected);
    });

  it('G3: heals and loads that close gaps have rows of their own, which a publish that was requested ends', () => {
    const times = { now: NOW, publishedAt: NOW - 8 * HOUR, since: NOW - 7 * HOUR };
    const begun = [NOW - 9 * HOUR];
    const before: GapHistory = { healsBegun: begun, healsFailed: { times: 1, at: NOW }, loadsBegun: begun };
    const healing = { ...before, healsBegun: [...begun, NOW] };
    const loading = { ...before, loadsBegun: [...begun, NOW] };
    assert.deepEqual(historyWith(before, 'heal', times), healing);
    assert.deepEqual(historyWith(before, 'load', times), loading);
    assert.deepEqual(historyWith(before, undefined, times), before, 'it may fail');
    assert.deepEqual(historyWith(before, 'load', { ...times, since: NOW + 17 * HOUR }).loadsBegun, [NOW]);
    assert.deepEqual(historyAfter(healing, 'heal'), { ...healing, healsFailed: undefined });
    assert.deepEqual(historyAfter(loading, 'load'), {
      healsBegun: undefined,
      healsFailed: undefined,
      loadsBegun: [...begun, NOW],
    });
    const none = { healsBegun: undefined, healsFailed: undefined, loadsBegun: undefined };
    assert.deepEqual(historyAfter(before, undefined), none);
  });

  it('G3: heals are in a row unless a day without a gap lies between them', () => {
    const begun = [NOW - 100 * HOUR, NOW - 80 * HOUR];
    assert.deepEqual(inARow(begun, NOW - 79 * HOUR, NOW - 55 * HOUR), []);
    assert.deepEqual(inARow(begun, NOW - 79 * HOUR, NOW - 55.1 * HOUR), begun);
    assert.deepEqual(inARow(begun, NOW - 200 * HOUR, NOW - 10 * HOUR), begun, 'the last was never published');
    assert.deepEqual(inARow([], undefined, NOW), []);
  });
});
