import {
  type StreamDay,
  judgeClosedShards,
  judgeComparability,
  judgeListing,
  judgeRetention,
  judgeRollover,
  judgeRolloverClosing,
  judgeTrimming,
} from '../../../acceptance/checks/stream-day';
import type { ShardLife } from '../../../acceptance/checks/shard-lives';
import { judges, THROTTLED } from './judges';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A root that closed after four hours, and its child. */
function day(
  root: Partial<ShardLife>,
  child: Partial<ShardLife> | null = {},
  change: Partial<StreamDay> = {},
): StreamDay {
  const life = (id: string, openedAt: number, more: Partial<ShardLife>): ShardLife => ({
    id,
    parent: undefined,
    openedAt,
    isRoot: false,
    starting: '5',
    startingNow: '5',
    ending: undefined,
    unlistedMs: 0,
    lastOpenAt: 0,
    missing: undefined,
    hiddenMs: 0,
    orphan: undefined,
    orphanMs: 0,
    times: [0],
    keys: new Set(['key0']),
    first: '6',
    last: '7',
    hasEnded: false,
    lostAgeMs: Infinity,
    readAgeMs: 24 * HOUR,
    ...more,
  });
  const lives = [life('root', 0, { isRoot: true, ending: '9', ...root })];
  if (child !== null) lives.push(life('child', 4 * HOUR, { parent: 'root', starting: '10', ...child }));
  return {
    lives: new Map(lives.map((each) => [each.id, each])),
    areListingsSorted: true,
    atTrimmed: 'TrimmedDataAccessException',
    failedListings: 0,
    failedWrites: 0,
    ...change,
  };
}

const WITHOUT_A_DAY = day({}, {}, { lives: new Map(), atTrimmed: undefined });

judges('stream-day', {
  cases: {
    'E1 retention': [
      ['a day', judgeRetention(day({ lostAgeMs: 24 * HOUR })), 'holds'],
      ['nothing lost', judgeRetention(day({})), 'holds'],
      ['less', judgeRetention(day({ lostAgeMs: 23 * HOUR })), /23 hours after its write/],
    ],
    'E2 trimming': [
      ['an error', judgeTrimming(day({ lostAgeMs: 24 * HOUR })), 'holds'],
      ['silence', judgeTrimming(day({}, {}, { atTrimmed: 'it continued without an error' })), 'holds'],
      [
        'another error',
        judgeTrimming(day({}, {}, { atTrimmed: 'ValidationException' })),
        /ValidationException/,
      ],
      ['nothing trimmed', judgeTrimming(day({}, {}, { atTrimmed: undefined })), 'not asked'],
    ],
    'E3 listing': [
      ['soon', judgeListing(day({}, { unlistedMs: 59_000 })), 'holds'],
      ['late', judgeListing(day({}, { unlistedMs: 61_000 })), /not listed 61000 ms after/],
      ['hidden', judgeListing(day({ hiddenMs: 60_000 })), /missing from listings for 60000 ms/],
      ['without parent', judgeListing(day({}, { orphanMs: 60_000 })), /without its parent/],
      ['unsorted', judgeListing(day({}, {}, { areListingsSorted: false })), /order of shard ids/],
      ['a child before its parent', judgeListing(day({ openedAt: 5 * HOUR })), /earlier time/],
      ['no child', judgeListing(day({}, null)), 'not asked'],
    ],
    'E4 closing': [
      ['at rollover', judgeRolloverClosing(day({ lastOpenAt: 4 * HOUR + 59_000 })), 'holds'],
      ['late', judgeRolloverClosing(day({ lastOpenAt: 4 * HOUR + 61_000 })), /looked open 61000 ms/],
      ['no child', judgeRolloverClosing(day({}, null)), 'not asked'],
    ],
    'E5 closed shards': [
      ['listed', judgeClosedShards(day({})), 'holds'],
      [
        'gone after a day',
        judgeClosedShards(day({ missing: { from: 24 * HOUR, until: 25 * HOUR } })),
        'holds',
      ],
      [
        'gone before',
        judgeClosedShards(day({ missing: { from: 22 * HOUR, until: 25 * HOUR } })),
        /22 hours after its last record/,
      ],
      [
        'hidden for a moment',
        judgeClosedShards(day({ missing: { from: 22 * HOUR, until: 22 * HOUR + 59_000 } })),
        'holds',
      ],
      ['none closed', judgeClosedShards(day({ ending: undefined })), 'not asked'],
    ],
    'E6 order and rollover': [
      ['four hours', judgeRollover(day({})), 'holds'],
      ['too long', judgeRollover(day({}, { lastOpenAt: 11 * HOUR })), /open for 7 hours/],
      ['a key in two lines', judgeRollover(day({}, { parent: undefined })), /do not continue each other/],
      ['behind a parent that was never listed', judgeRollover(day({}, { parent: 'other' })), 'not asked'],
    ],
    'E7 numbers': [
      ['across shards, above', judgeComparability(day({})), 'holds'],
      ['across shards, below', judgeComparability(day({ ending: '11' })), 'holds'],
      ['no child', judgeComparability(day({}, null)), 'not asked'],
    ],
  },
  ofNothing: {
    judgeRetention: [
      judgeRetention(WITHOUT_A_DAY),
      judgeRetention(day({ readAgeMs: 0 }, { readAgeMs: 20 * HOUR })),
    ],
    judgeTrimming: [
      judgeTrimming(WITHOUT_A_DAY),
      judgeTrimming(day({}, {}, { atTrimmed: THROTTLED })),
      judgeTrimming(day({}, {}, { atTrimmed: 'it could not be read' })),
    ],
    judgeListing: [judgeListing(WITHOUT_A_DAY)],
    judgeRolloverClosing: [judgeRolloverClosing(WITHOUT_A_DAY)],
    judgeClosedShards: [judgeClosedShards(WITHOUT_A_DAY)],
    judgeRollover: [
      judgeRollover(WITHOUT_A_DAY),
      judgeRollover(day({}, null)),
      judgeRollover(day({ keys: new Set() }, { keys: new Set() })),
    ],
    judgeComparability: [judgeComparability(WITHOUT_A_DAY)],
  },
});
