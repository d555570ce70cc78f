import {
  type StreamReads,
  judgeCreationTimes,
  judgeEmptyAnswers,
  judgeNumbers,
  judgeOrder,
  judgePropagation,
} from '../../../acceptance/checks/stream-reads';
import { judges } from './judges';

const MINUTE = 60_000;

const NUMBER = 10n ** 22n;

/** Three writes a second apart, each read 300 ms later. */
function reads(change: {
  readonly lagMs?: number;
  readonly created?: (writtenAt: number) => number;
  readonly sequences?: readonly string[];
  readonly order?: readonly number[];
  readonly shards?: readonly string[];
  readonly empties?: StreamReads['oldEmpties'];
}): StreamReads {
  const { lagMs = 300, created = (at) => at, order = [0, 1, 2], shards = ['s', 's', 's'] } = change;
  const { sequences = [1n, 2n, 3n].map((n) => String(NUMBER + n)) } = change;
  const writes = [0, 1, 2].map((n) => {
    const at = n * 1_000;
    return { pk: 'a', n, requestedAt: at, answeredAt: at, date: at };
  });
  const filled = order.map((n, index) => ({
    shard: shards[index] ?? 's',
    requestedAt: n * 1_000 + lagMs,
    records: [{ pk: 'a', n, sequence: sequences[index] ?? '', createdAt: created(n * 1_000) }],
  }));
  const empty = Array.from({ length: Math.floor((2_000 + lagMs) / 250) }, (_, index) => ({
    shard: 's',
    requestedAt: index * 250,
    records: [],
  }));
  const { empties = { atStart: [0], between: [2] } } = change;
  return { writes, answers: [...empty, ...filled], starting: [String(NUMBER)], oldEmpties: empties };
}

const UNREAD: StreamReads = {
  ...reads({}),
  answers: [],
  starting: [],
  oldEmpties: { atStart: [], between: [] },
};

judges('stream-reads', {
  cases: {
    'E6 order and rollover': [
      ['in order', judgeOrder(reads({})), 'holds'],
      ['out of order', judgeOrder(reads({ order: [1, 0, 2] })), /after a later one/],
      ['twice', judgeOrder(reads({ order: [0, 1, 2, 2] })), /or twice/],
      ['missing', judgeOrder(reads({ order: [0, 1] })), /1 of 3 writes were not read/],
      ['two shards', judgeOrder(reads({ shards: ['s', 'other', 'other'] })), /another open shard/],
    ],
    'E7 numbers': [
      ['digits', judgeNumbers(reads({})), 'holds'],
      ['no first number of a shard', judgeNumbers({ ...reads({}), starting: [''] }), 'holds'],
      ['too few', judgeNumbers(reads({ sequences: ['1', '2', '3'] })), /1 to 23 digits/],
      [
        'falling',
        judgeNumbers(reads({ sequences: ['9', '8', '7'].map((n) => n.padEnd(21, '0')) })),
        /not above/,
      ],
      [
        'longer is greater',
        judgeNumbers(
          reads({ sequences: [`9${'0'.repeat(20)}`, `1${'0'.repeat(21)}`, `2${'0'.repeat(21)}`] }),
        ),
        'holds',
      ],
    ],
    'E8 propagation': [
      ['soon', judgePropagation(reads({})), 'holds'],
      ['two seconds', judgePropagation(reads({ lagMs: 2_000 })), 'holds'],
      ['later', judgePropagation(reads({ lagMs: 4_000 })), /could not be read 2 s after/],
      [
        'later, behind empty answers',
        judgePropagation(reads({ lagMs: 4_000, empties: { atStart: [30], between: [] } })),
        'holds',
      ],
    ],
    'E9 empty answers': [
      ['two', judgeEmptyAnswers(reads({})), 'holds'],
      ['three', judgeEmptyAnswers(reads({ empties: { atStart: [0, 3], between: [0] } })), /3 empty answers/],
      ['three in between', judgeEmptyAnswers(reads({ empties: { atStart: [0], between: [3] } })), /3 empty/],
    ],
    'E10 creation times': [
      ['equal', judgeCreationTimes(reads({})), 'holds'],
      ['earlier', judgeCreationTimes(reads({ created: (at) => at - 4_000 })), 'holds'],
      ['later', judgeCreationTimes(reads({ created: (at) => at + 1_000 })), /after the answer/],
      ['much earlier', judgeCreationTimes(reads({ created: (at) => at - 2 * MINUTE })), /120000 ms before/],
      ['with a fraction', judgeCreationTimes(reads({ created: (at) => at - 1 })), /not whole seconds/],
    ],
  },
  ofNothing: {
    judgeOrder: [judgeOrder(UNREAD), judgeOrder({ ...reads({}), writes: [] })],
    judgeNumbers: [judgeNumbers(UNREAD), judgeNumbers({ ...UNREAD, starting: [String(NUMBER)] })],
    judgePropagation: [judgePropagation(UNREAD), judgePropagation({ ...reads({}), writes: [] })],
    judgeEmptyAnswers: [judgeEmptyAnswers(UNREAD)],
    judgeCreationTimes: [
      judgeCreationTimes(reads({ created: () => Number.NaN })),
      judgeCreationTimes(UNREAD),
      judgeCreationTimes({
        ...reads({}),
        writes: reads({}).writes.map((each) => ({ ...each, date: undefined })),
      }),
    ],
  },
});
