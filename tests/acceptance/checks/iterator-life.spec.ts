import { judgeIteratorLife } from '../../../acceptance/checks/iterator-life';
import { judges, DENIED, THROTTLED } from './judges';

judges('iterator-life', {
  cases: {
    'E12 iterators': [
      ['15 minutes', judgeIteratorLife({ young: undefined, old: 'ExpiredIteratorException' }), 'holds'],
      [
        'less',
        judgeIteratorLife({ young: 'ExpiredIteratorException', old: 'ExpiredIteratorException' }),
        /14.5/,
      ],
      ['more', judgeIteratorLife({ young: undefined, old: undefined }), /still be used/],
      ['another error', judgeIteratorLife({ young: undefined, old: 'ValidationException' }), /ValidationExc/],
    ],
  },
  ofNothing: {
    judgeIteratorLife: [
      judgeIteratorLife({ young: THROTTLED, old: undefined }),
      judgeIteratorLife({ young: undefined, old: DENIED }),
    ],
  },
});
