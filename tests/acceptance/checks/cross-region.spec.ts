import type { Answer } from '../../../acceptance/check';
import { type AwayOutcome, judgeAwayExport } from '../../../acceptance/checks/cross-region';
import { judges, UNFINISHED } from './judges';

const MINUTE = 60_000;

const AWAY_READ: AwayOutcome = {
  kind: 'read',
  foundRegion: 'us-east-1',
  tookMs: 5 * MINUTE,
  files: 4,
  items: 25,
  areMd5sRight: true,
};

const awayExport = (outcome: AwayOutcome = AWAY_READ): Answer =>
  judgeAwayExport({ bucketRegion: 'us-east-1', written: 25, outcome });

judges('cross-region', {
  cases: {
    'cross-region': [
      ['found and read', awayExport(), 'holds'],
      ['not completed', awayExport({ kind: 'incomplete', ...UNFINISHED }), 'not asked'],
      ['refused', awayExport({ kind: 'refused', code: 'ValidationException' }), /refused with ValidationEx/],
      [
        'failed',
        awayExport({ kind: 'incomplete', incomplete: 'It ended FAILED.', hasFailed: true }),
        /ended FAILED/,
      ],
      [
        'unreadable',
        awayExport({ kind: 'unreadable', code: 'PermanentRedirect' }),
        /read: PermanentRedirect/,
      ],
      ['found elsewhere', awayExport({ ...AWAY_READ, foundRegion: 'eu-west-1' }), /found in eu-west-1/],
      ['an item less', awayExport({ ...AWAY_READ, items: 24 }), /25 items were written, and 24 read/],
      ['damaged', awayExport({ ...AWAY_READ, areMd5sRight: false }), /another MD5/],
    ],
  },
  ofNothing: {
    judgeAwayExport: [
      awayExport({ ...AWAY_READ, foundRegion: undefined }),
      awayExport({ kind: 'unreadable', code: 'AccessDenied' }),
      awayExport({ kind: 'incomplete', ...UNFINISHED }),
      judgeAwayExport({ bucketRegion: 'us-east-1', written: 0, outcome: { ...AWAY_READ, items: 0 } }),
    ],
  },
});
