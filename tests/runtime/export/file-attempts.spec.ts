import assert from 'node:assert/strict';
import {
  CommitOutcomeUnknown,
  DestinationUnavailable,
  DestinationUnusable,
  FileLoadedMeanwhile,
} from '../../../runtime/destinations/errors';
import { ColumnsNotSettled, DataFileCorrupt, DataFileMissing } from '../../../runtime/export/errors';
import { ColumnsTooNarrow, FileAttempts, untilStored } from '../../../runtime/export/file-attempts';
import { HandClock } from '../aws/hand-clock';
import { missingObject } from './fake-bucket';

class Away extends DestinationUnavailable {}

const damaged = (file: string) => new DataFileCorrupt(`s3://exports/${file}`, 'MD5', 'a', 'b');
const narrow = (file: string) => new ColumnsTooNarrow(file);
const away = new Away('away');
const missing = new DataFileMissing('s3://exports/a', missingObject());
const unusable = new DestinationUnusable('refused');

type Attempt = Error | 'stored';

/** Attempts in a row, and the pause after each, or the error that ends them. */
const COURSES: readonly (readonly [
  what: string,
  attempts: readonly Attempt[],
  outcome: readonly unknown[],
])[] = [
  [
    'a damaged file is read three times',
    Array<Attempt>(3).fill(damaged('a')),
    [1_000, 2_000, DataFileCorrupt],
  ],
  [
    'each file has its own attempts',
    [damaged('a'), damaged('b'), damaged('b'), damaged('a'), damaged('a')],
    [1_000, 2_000, 4_000, 8_000, DataFileCorrupt],
  ],
  [
    'what is stored in between does not add attempts for a file',
    [damaged('a'), 'stored', damaged('a'), 'stored', damaged('a')],
    [1_000, 0, 1_000, 0, DataFileCorrupt],
  ],
  ['a missing file is not waited for', [missing], [DataFileMissing]],
  ['a destination that refuses for good is not waited for', [unusable], [DestinationUnusable]],
  [
    'a destination is waited for without a limit, and does not use up the attempts of a file',
    [
      damaged('a'),
      ...Array<Attempt>(40).fill(away),
      new CommitOutcomeUnknown(),
      new FileLoadedMeanwhile(),
      damaged('a'),
    ],
    [1_000, 2_000, 4_000, 8_000, 16_000, ...Array<number>(39).fill(30_000)],
  ],
  [
    'columns are widened at once, four times for a file',
    Array<Attempt>(5).fill(narrow('a')),
    [0, 0, 0, 0, ColumnsNotSettled],
  ],
  [
    'widenings do not use up the attempts of a damaged file, nor these the widenings',
    [narrow('a'), damaged('a'), narrow('a'), narrow('a'), damaged('a'), narrow('a'), damaged('a')],
    [0, 1_000, 0, 0, 2_000, 0, DataFileCorrupt],
  ],
  [
    'each file has its own widenings',
    [...Array<Attempt>(4).fill(narrow('a')), ...Array<Attempt>(4).fill(narrow('b')), narrow('a')],
    [...Array<number>(8).fill(0), ColumnsNotSettled],
  ],
];

describe('export/file attempts', () => {
  for (const [what, attempts, outcome] of COURSES)
    it(`X1: ${what}`, () => {
      let state = FileAttempts.of('exports');
      const seen: unknown[] = [];
      for (const attempt of attempts) {
        try {
          state = attempt === 'stored' ? state.succeeded() : state.failed(attempt);
          seen.push(state.waitMs);
        } catch (error) {
          if (!(error instanceof ColumnsNotSettled)) assert.equal(error, attempt);
          seen.push((error as Error).constructor);
        }
      }
      assert.deepEqual(seen, outcome);
    });

  it('ends while it waits when its signal aborts', async () => {
    const stop = new AbortController();
    const clock = new HandClock();
    const reason = new Error('stopped');
    clock.onSleep = () => stop.abort(reason);
    let attempts = 0;
    const stored = untilStored(
      { bucket: 'exports', clock, onRetry: () => undefined, signal: stop.signal },
      {
        attempt: async () => {
          attempts++;
          throw away;
        },
        lookUp: () => assert.fail('it has ended'),
      },
    );
    await assert.rejects(stored, reason);
    assert.equal(attempts, 1);
  });
});
