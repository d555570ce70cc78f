import assert from 'node:assert/strict';
import { figure, median, percentile, ratio, spread } from '../../bench/statistics';

describe('bench: statistics', () => {
  it('the median is the middle value, or the mean of both middle ones', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 9, 2]), 3);
    assert.equal(median([7]), 7);
    assert.throws(() => median([]), RangeError);
  });

  it('a percentile is a measured value, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, i) => 100 - i);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile(values, 1), 100);
    assert.equal(percentile([3], 0), 3);
    assert.throws(() => percentile([], 0.5), RangeError);
  });

  it('noise is half the range, as a share of the median', () => {
    assert.equal(spread([90, 100, 130]), 0.2);
    assert.equal(spread([5]), 0);
    assert.deepEqual(figure([90, 100, 130]), { median: 100, noise: 0.2 });
  });

  it('a ratio is computed round by round, so a slow round does not affect it', () => {
    assert.deepEqual(ratio([10, 5, 20], [5, 2.5, 10]), { median: 2, noise: 0 });
    assert.deepEqual(ratio([10, 5], [5]), { median: 2, noise: 0 });
    assert.equal(ratio([], [1]), undefined);
  });
});
