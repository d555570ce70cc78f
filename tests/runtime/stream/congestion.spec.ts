import assert from 'node:assert/strict';
import { afterAnswer, openWindow, type ReadWindow } from '../../../runtime/stream/congestion';

const MOST = 16;

/** `t`: a throttled answer; `s`: a successful one; a digit: that many seconds pass. */
function after(answers: string, window: ReadWindow = { ...openWindow(MOST), changedAt: 0 }): number {
  let now = 0;
  let next = window;
  for (const each of answers) {
    if (/\d/.test(each)) now += Number(each) * 1_000;
    else next = afterAnswer(next, each === 't', MOST, now);
  }
  return next.reads;
}

describe('runtime/stream/congestion', () => {
  const cases: readonly (readonly [string, string, number])[] = [
    ['starts with as many reads as allowed', '', 16],
    ['is not changed by one throttled answer', 't', 16],
    ['is not changed when half of the answers are throttled', 'ttttttttssssssss', 16],
    ['is halved when most answers of a window are throttled', 'tttttttttsssssss', 8],
    ['is halved again and again', 't'.repeat(16 + 8 + 4), 2],
    ['never goes below two, as one read may hang', 't'.repeat(99), 2],
    ['grows by one a second', `${'t'.repeat(16)}1s`, 9],
    ['does not grow more often', `${'t'.repeat(16)}1ssss`, 9],
    ['recovers completely in the end', `${'t'.repeat(99)}${'1s'.repeat(40)}`, 16],
    ['recovers although a few answers are throttled', `${'t'.repeat(99)}${'sts1s'.repeat(40)}`, 16],
  ];
  for (const [what, answers, reads] of cases) it(what, () => assert.equal(after(answers), reads));
});
