import assert from 'node:assert/strict';
import { AnswerCutShort, readAnswer } from '../../../runtime/control/protocol';

describe('control protocol', () => {
  async function* oneLine(): AsyncIterable<string> {
    yield JSON.stringify({ progress: 'begun' });
  }
  async function* broken(): AsyncIterable<string> {
    yield* oneLine();
    throw new AnswerCutShort('status');
  }

  for (const [how, lines] of [
    ['ends', oneLine],
    ['breaks', broken],
  ] as const) {
    it(`reports that the replicator stopped when its answer ${how}`, async () => {
      const { signal } = new AbortController();
      await assert.rejects(
        readAnswer('status', lines(), () => undefined, signal),
        AnswerCutShort,
      );
    });

    it(`reports why this process stops when the answer ${how} after that`, async () => {
      const stop = new AbortController();
      const reason = new Error('Stopped by SIGTERM.');
      await assert.rejects(
        readAnswer('status', lines(), () => stop.abort(reason), stop.signal),
        (error) => error === reason,
      );
    });
  }
});
