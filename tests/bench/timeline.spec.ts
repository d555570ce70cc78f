import assert from 'node:assert/strict';
import { Timeline, type Work } from '../../bench/healing/timeline';

describe('bench: the timeline of a generation', () => {
  it('adds up the time of each work, also when it is entered again', () => {
    let now = 100;
    const entered: Work[] = [];
    const timeline = new Timeline(
      () => now,
      (work) => entered.push(work),
    );
    const enter = (work: Work, at: number) => {
      now = at;
      timeline.enter(work);
    };
    enter('loading', 110);
    enter('loading', 115);
    enter('finding', 130);
    enter('rereading', 131);
    enter('finding', 141);
    enter('waiting', 143);
    enter('publishing', 200);
    assert.equal(timeline.ms('publishing'), 0, 'it has not ended');
    enter('waiting', 207);
    const spent = (['waiting', 'loading', 'finding', 'rereading', 'publishing'] as const).map((work) =>
      timeline.ms(work),
    );
    assert.deepEqual(spent, [10 + 57, 20, 1 + 2, 10, 7]);
    assert.deepEqual(entered, [
      'loading',
      'finding',
      'rereading',
      'finding',
      'waiting',
      'publishing',
      'waiting',
    ]);
  });
});
