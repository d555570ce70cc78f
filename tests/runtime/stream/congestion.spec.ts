import assert from 'node:assert/strict';
import { afterAnswer, openWindow, type ReadWindow } from '../../../runtime/stream/congestion';

const MOST = 16;

/** `t`: a throttled answer, `s`: one that succeeded, a digit: so many seconds pass. */
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
    ['as many as allowed at first', '', 16],
    ['one throttled answer says nothing', 't', 16],
    ['a part says nothing', 'ttttttttssssssss', 16],
    ['most of a windowful halves it', 'tttttttttsssssss', 8],
    ['and so on', 't'.repeat(16 + 8 + 4), 2],
    ['down to two, so that one that hangs leaves another', 't'.repeat(99), 2],
    ['one more a second', `${'t'.repeat(16)}1s`, 9],
    ['not more often', `${'t'.repeat(16)}1ssss`, 9],
    ['back to all in the end', `${'t'.repeat(99)}${'1s'.repeat(40)}`, 16],
    ['a few that are throttled do not keep it small', `${'t'.repeat(99)}${'sts1s'.repeat(40)}`, 16],
  ];
  for (const [what, answers, reads] of cases) it(what, () => assert.equal(after(answers), reads));
});
