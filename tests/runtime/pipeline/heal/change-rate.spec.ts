import assert from 'node:assert/strict';
import { changesAnHour, type ChangeRate, counted } from '../../../../runtime/pipeline/heal/change-rate';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 5, 12);

function steady(aMinute: number, hours: number, rate?: ChangeRate, from = START): ChangeRate {
  let next = rate ?? counted(undefined, 0, from);
  for (let at = from + MINUTE; at <= from + hours * HOUR; at += MINUTE) next = counted(next, aMinute, at);
  return next;
}

describe('pipeline/heal/change-rate', () => {
  it('is unknown until an hour has been counted', () => {
    assert.equal(changesAnHour(undefined), undefined);
    assert.equal(changesAnHour(steady(1_000, 0.9)), undefined);
    assert.notEqual(changesAnHour(steady(1_000, 1)), undefined);
  });

  for (const hours of [1, 5, 24, 200])
    it(`a steady rate is found after ${hours} hours, within 2 %`, () => {
      const found = changesAnHour(steady(1_000, hours));
      assert.ok(Math.abs(found! / 60_000 - 1) < 0.02, String(found));
    });

  it('a day of a new rate weighs more than all before', () => {
    const rate = steady(10_000, 24, steady(0, 300), START + 300 * HOUR);
    assert.ok(changesAnHour(rate)! > 0.6 * 600_000);
  });

  it('survives a clock that goes back', () => {
    const rate = counted(counted(undefined, 10, START), 20, START - HOUR);
    assert.deepEqual([rate.at, rate.changes], [START, 30]);
  });
});
