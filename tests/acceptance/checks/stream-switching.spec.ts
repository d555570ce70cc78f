import {
  type Switching,
  judgeClosing,
  judgeFirstListing,
  judgeSwitching,
} from '../../../acceptance/checks/stream-switching';
import { judges } from './judges';

const switching = (change: Partial<Switching>): Switching => ({
  enabledAfterMs: 5_000,
  listedAfterMs: 0,
  disabledAfterMs: 5_000,
  closedAfterMs: 20_000,
  listedShards: 4,
  written: 20,
  readWhileOff: 20,
  hasEnded: true,
  hasAnotherArn: true,
  readWhenReplaced: 20,
  isSorted: true,
  ...change,
});

judges('stream-switching', {
  cases: {
    'E3 listing': [
      ['a new stream', judgeFirstListing(switching({ listedAfterMs: 59_000 })), 'holds'],
      ['a new stream, late', judgeFirstListing(switching({ listedAfterMs: 61_000 })), /not listed/],
      ['a new stream, never', judgeFirstListing(switching({ listedAfterMs: undefined })), /not listed/],
      ['a new stream, unsorted', judgeFirstListing(switching({ isSorted: false })), /order of shard ids/],
    ],
    'E4 closing': [
      ['turned off', judgeClosing(switching({ closedAfterMs: 65_000 })), 'holds'],
      ['turned off, late', judgeClosing(switching({ closedAfterMs: 66_000 })), /more than a minute/],
      ['turned off, never', judgeClosing(switching({ closedAfterMs: undefined })), /more than a minute/],
    ],
    'E13 streams': [
      ['seconds', judgeSwitching(switching({})), 'holds'],
      ['on late', judgeSwitching(switching({ enabledAfterMs: 61_000 })), /not ENABLED/],
      ['never on', judgeSwitching(switching({ enabledAfterMs: undefined })), /not ENABLED/],
      ['off late', judgeSwitching(switching({ disabledAfterMs: 61_000 })), /not DISABLED/],
      ['empty while off', judgeSwitching(switching({ readWhileOff: 0 })), /0 of 20/],
      ['empty when replaced', judgeSwitching(switching({ readWhenReplaced: 19 })), /19 of 20/],
      ['no end', judgeSwitching(switching({ hasEnded: false })), /no last answer/],
      ['the same ARN', judgeSwitching(switching({ hasAnotherArn: false })), /ARN of the first/],
    ],
  },
  ofNothing: {
    judgeSwitching: [judgeSwitching(switching({ written: 0, readWhileOff: 0, readWhenReplaced: 0 }))],
    judgeFirstListing: [
      judgeFirstListing(switching({ enabledAfterMs: undefined, listedAfterMs: undefined })),
    ],
    judgeClosing: [
      judgeClosing(switching({ disabledAfterMs: undefined })),
      judgeClosing(switching({ closedAfterMs: undefined, listedShards: 0 })),
    ],
  },
});
