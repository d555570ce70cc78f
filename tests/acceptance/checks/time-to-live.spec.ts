import type { _Record } from '@aws-sdk/client-dynamodb-streams';
import { judgeExpiry } from '../../../acceptance/checks/time-to-live';
import { judges } from './judges';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const DELETE = {
  afterMs: HOUR,
  kind: 'REMOVE' satisfies _Record['eventName'],
  by: 'Service dynamodb.amazonaws.com',
  hasOldImage: true,
};

judges('time-to-live', {
  cases: {
    'E23 time to live': [
      ['deletes', judgeExpiry({ expected: 1, failedReadings: 0, left: 0, deletes: [DELETE] }), 'holds'],
      ['none', judgeExpiry({ expected: 1, failedReadings: 0, left: 1, deletes: [] }), /1 of 1 expired items/],
      [
        'another name',
        judgeExpiry({ expected: 1, failedReadings: 0, left: 0, deletes: [{ ...DELETE, kind: 'MODIFY' }] }),
        /REMOVE/,
      ],
      [
        'no identity',
        judgeExpiry({ expected: 1, failedReadings: 0, left: 0, deletes: [{ ...DELETE, by: undefined }] }),
        /"none"/,
      ],
      [
        'no image',
        judgeExpiry({
          expected: 1,
          failedReadings: 0,
          left: 0,
          deletes: [{ ...DELETE, hasOldImage: false }],
        }),
        /old image/,
      ],
    ],
  },
  ofNothing: {
    judgeExpiry: [
      // It was deleted while nobody read the stream.
      judgeExpiry({ expected: 1, failedReadings: 0, left: 0, deletes: [] }),
      judgeExpiry({ expected: 0, failedReadings: 0, left: 0, deletes: [] }),
    ],
  },
});
