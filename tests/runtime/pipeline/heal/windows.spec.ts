import assert from 'node:assert/strict';
import { edgesOf, healFrom, planWindows } from '../../../../runtime/pipeline/heal/windows';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** L, within a minute. */
const SINCE = Date.UTC(2026, 0, 5, 12, 0, 37);

describe('pipeline/heal/windows', () => {
  it('G3: a heal begins 5 minutes before L, rounded down to the minute', () => {
    assert.equal(healFrom(SINCE), Date.UTC(2026, 0, 5, 11, 55));
    assert.equal(healFrom(Date.UTC(2026, 0, 5, 12)), Date.UTC(2026, 0, 5, 11, 55));
  });

  for (const hours of [0, 0.05, 0.2, 1, 23.9, 23.95, 24, 24.1, 30, 47.9, 48, 100, 35 * 24])
    it(`G3: windows of 15 minutes to 24 hours cover all of ${hours} hours, in whole seconds, and overlap by 180 s`, () => {
      const until = SINCE + hours * HOUR;
      const windows = planWindows(SINCE, until);
      assert.ok(windows[0]!.from <= healFrom(SINCE));
      assert.equal(windows.at(-1)!.to, until);
      for (const [i, { from, to }] of windows.entries()) {
        assert.ok(to - from >= 15 * MINUTE && to - from <= 24 * HOUR, `${i}: ${to - from}`);
        assert.equal(from % SECOND, 0);
        const before = windows[i - 1];
        if (before !== undefined) {
          assert.ok(from <= before.to - 180 * SECOND && from > before.from && to > before.to);
        }
      }
    });

  it('G3: the writes that neighbouring windows may both miss lie between their edges, 62 s more on both sides', () => {
    const windows = planWindows(SINCE, SINCE + 30 * HOUR);
    assert.deepEqual(edgesOf(windows), [
      { from: windows[1]!.from - 62 * SECOND, to: windows[0]!.to + 62 * SECOND },
    ]);
    assert.deepEqual(edgesOf(windows.slice(0, 1)), []);
  });
});
