import assert from 'node:assert/strict';
import { type HealFacts, healObstacle, healsInARow } from '../../../../runtime/pipeline/heal/limits';
import { healFrom } from '../../../../runtime/pipeline/heal/windows';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 5, 12);
const SINCE = NOW - 30 * HOUR;
const FACTS: HealFacts = {
  now: NOW,
  since: SINCE,
  recoveryFrom: healFrom(SINCE),
  begun: [],
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
    assert.deepEqual(obstacle, { what: 'too soon', until: NOW + 5 * HOUR });
  });

  it('G3: heals are in a row unless a day without a gap lies between them', () => {
    const begun = [NOW - 100 * HOUR, NOW - 80 * HOUR];
    assert.deepEqual(healsInARow(begun, NOW - 79 * HOUR, NOW - 55 * HOUR), []);
    assert.deepEqual(healsInARow(begun, NOW - 79 * HOUR, NOW - 55.1 * HOUR), begun);
    assert.deepEqual(
      healsInARow(begun, NOW - 200 * HOUR, NOW - 10 * HOUR),
      begun,
      'the last was never published',
    );
    assert.deepEqual(healsInARow([], undefined, NOW), []);
  });
});
