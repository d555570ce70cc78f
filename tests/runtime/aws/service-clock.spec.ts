import assert from 'node:assert/strict';
import { AnsweredClock, ServiceTimeUnknown } from '../../../runtime/aws/service-clock';
import { HandClock } from './hand-clock';

const NOON = 'Mon, 05 Jan 2026 12:00:00 GMT';
const noon = Date.parse(NOON);

describe('The service’s clock (fault table, row 40)', () => {
  let local: HandClock;
  let clock: AnsweredClock;
  beforeEach(() => {
    local = new HandClock();
    clock = new AnsweredClock(local);
  });

  it('does not guess before the first response', () => {
    assert.throws(() => clock.now(), ServiceTimeUnknown);
    clock.answered('no date at all');
    clock.answered(undefined);
    assert.throws(() => clock.now(), ServiceTimeUnknown);
  });

  it('is the response’s Date plus the local time since', () => {
    local.elapsed = 5_000;
    clock.answered(NOON);
    assert.equal(clock.now(), noon);
    local.elapsed += 750;
    assert.equal(clock.now(), noon + 750);
  });

  it('is never later than the service’s time, and behind by less than 1 s and the delay', () => {
    for (let serviceMs = 0; serviceMs < 60_000; serviceMs += 370) {
      local.elapsed = serviceMs;
      clock.answered(new Date(Math.floor((noon + serviceMs - 20) / 1000) * 1000).toUTCString());
      const behind = noon + serviceMs - clock.now();
      assert.ok(behind >= 0 && behind <= 1_020, `${behind} ms behind after ${serviceMs} ms`);
    }
  });

  it('never goes back, whatever the responses contain', () => {
    clock.answered(NOON);
    local.elapsed = 10_000;
    assert.equal(clock.now(), noon + 10_000);
    clock.answered(NOON);
    assert.equal(clock.now(), noon + 10_000);
    local.elapsed = 10_500;
    assert.equal(clock.now(), noon + 10_000);
    local.elapsed = 21_000;
    assert.equal(clock.now(), noon + 11_000);
  });

  it('catches up after the local clock has stopped, as on a sleeping laptop', () => {
    clock.answered(NOON);
    local.elapsed = 1_000;
    clock.answered('Mon, 05 Jan 2026 20:00:00 GMT');
    assert.equal(clock.now(), noon + 8 * 3_600_000);
  });

  it('is not set back by a late response', () => {
    clock.answered(NOON);
    local.elapsed = 5_000;
    clock.answered('Mon, 05 Jan 2026 12:00:05 GMT');
    clock.answered('Mon, 05 Jan 2026 12:00:04 GMT');
    local.elapsed = 7_000;
    assert.equal(clock.now(), noon + 7_000);
  });
});
