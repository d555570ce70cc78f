import { type ExportDay, judgeHistory, judgeOldToken } from '../../../acceptance/checks/export-day';
import { judges, UNFINISHED, THROTTLED } from './judges';

const exportDay = (change: Partial<ExportDay>): ExportDay => ({
  first: undefined,
  within8Hours: 'the same export',
  after9Hours: 'another export',
  history: { shown: 0 },
  ...change,
});

judges('export-day', {
  cases: {
    'E14 recovery': [
      ['the state of then', judgeHistory(exportDay({})), 'holds'],
      ['another state', judgeHistory(exportDay({ history: { shown: 1 } })), /as it was/],
      ['no item', judgeHistory(exportDay({ history: { shown: -1 } })), /as it was/],
      [
        'refused later',
        judgeHistory(exportDay({ history: { refused: 'InvalidExportTimeException' } })),
        /InvalidExportTime/,
      ],
      ['not finished', judgeHistory(exportDay({ history: UNFINISHED })), 'not asked'],
    ],
    'E20 tokens': [
      ['within 8 hours', judgeOldToken(exportDay({ after9Hours: 'X' })), 'holds'],
      ['forgotten', judgeOldToken(exportDay({ within8Hours: 'another export' })), /another export/],
    ],
  },
  ofNothing: {
    judgeHistory: [judgeHistory(exportDay({ history: { refused: THROTTLED } }))],
    judgeOldToken: [
      judgeOldToken(exportDay({ first: 'PointInTimeRecoveryUnavailableException' })),
      judgeOldToken(exportDay({ within8Hours: THROTTLED })),
    ],
  },
});
