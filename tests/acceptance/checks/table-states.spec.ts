import { type TableStates, judgeTableStates } from '../../../acceptance/checks/table-states';
import { judges, DENIED } from './judges';

const states = (change: Partial<TableStates>): TableStates => ({
  creatingMs: 5_000,
  writeMeanwhile: 'ResourceNotFoundException',
  deletingMs: 5_000,
  createMeanwhile: 'ResourceInUseException',
  ...change,
});

judges('table-states', {
  cases: {
    'E24 tables': [
      ['seconds', judgeTableStates(states({})), 'holds'],
      [
        'at once',
        judgeTableStates(states({ writeMeanwhile: undefined, createMeanwhile: undefined })),
        'holds',
      ],
      ['never ACTIVE', judgeTableStates(states({ creatingMs: undefined })), /not ACTIVE/],
      ['never gone', judgeTableStates(states({ deletingMs: undefined })), /not gone/],
      ['a free name', judgeTableStates(states({ createMeanwhile: 'accepted' })), /accepted/],
    ],
  },
  ofNothing: {
    judgeTableStates: [
      judgeTableStates(states({ createMeanwhile: 'LimitExceededException' })),
      judgeTableStates(states({ writeMeanwhile: DENIED })),
    ],
  },
});
