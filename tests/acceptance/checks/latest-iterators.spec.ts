import { judgeLatest } from '../../../acceptance/checks/latest-iterators';
import { judges } from './judges';

judges('latest-iterators', {
  cases: {
    'E11 LATEST': [['either way', judgeLatest({ reached: [true, false] }), 'holds']],
  },
  ofNothing: {
    judgeLatest: [judgeLatest({ reached: [] })],
  },
});
