import {
  type Recovery,
  judgeMissingBucket,
  judgeNewestTime,
  judgeRecovery,
  judgeToken,
} from '../../../acceptance/checks/recovery';
import { judges, DENIED, THROTTLED } from './judges';

const recovery = (change: Partial<Recovery>): Recovery => ({
  refusedWith: undefined,
  unavailableMs: 20_000,
  enabledAfterMs: 10_000,
  recoveryDays: 35,
  latestRestorableLagMs: 300_000,
  exportOfNow: undefined,
  sameToken: { error: undefined, isSameExport: true },
  otherParameters: 'ExportConflictException',
  manifest: { offMs: 0 },
  missingBucket: { ExportStatus: 'FAILED', FailureCode: 'S3NoSuchBucket' },
  ...change,
});

judges('recovery', {
  cases: {
    'E14 recovery': [
      ['seconds', judgeRecovery(recovery({})), 'holds'],
      ['late', judgeRecovery(recovery({ enabledAfterMs: 301_000 })), /not on/],
      ['never', judgeRecovery(recovery({ enabledAfterMs: undefined })), /not on/],
      ['refused for long', judgeRecovery(recovery({ unavailableMs: 301_000 })), /more than five minutes/],
      ['refused', judgeRecovery(recovery({ refusedWith: 'ValidationException' })), /ValidationException/],
      ['a day', judgeRecovery(recovery({ recoveryDays: 1 })), /1 days/],
    ],
    'E15 newest time': [
      ['accepted', judgeNewestTime(recovery({})), 'holds'],
      ['refused', judgeNewestTime(recovery({ exportOfNow: 'InvalidExportTimeException' })), /present time/],
    ],
    'E20 tokens': [
      ['found', judgeToken(recovery({})), 'holds'],
      [
        'a second export',
        judgeToken(recovery({ sameToken: { error: undefined, isSameExport: false } })),
        /second/,
      ],
      ['refused', judgeToken(recovery({ sameToken: { error: 'X', isSameExport: false } })), /refused with X/],
      ['other parameters', judgeToken(recovery({ otherParameters: undefined })), /was accepted/],
      ['another error', judgeToken(recovery({ otherParameters: 'X' })), /was refused with X/],
      ['no export', judgeToken(recovery({ exportOfNow: 'X' })), 'not asked'],
    ],
    'missing bucket': [
      ['fails', judgeMissingBucket(recovery({})), 'holds'],
      [
        'another code',
        judgeMissingBucket(recovery({ missingBucket: { ExportStatus: 'FAILED', FailureCode: 'X' } })),
        /code X/,
      ],
      [
        'another code, with a message',
        judgeMissingBucket(
          recovery({
            missingBucket: { ExportStatus: 'FAILED', FailureCode: 'X', FailureMessage: 'AWS said so.' },
          }),
        ),
        /is FAILED, with the code X: AWS said so\.$/,
      ],
      [
        'refused',
        judgeMissingBucket(recovery({ missingBucket: { ExportStatus: undefined, FailureCode: 'X' } })),
        /is refused/,
      ],
      ['not finished', judgeMissingBucket(recovery({ missingBucket: undefined })), 'not asked'],
    ],
  },
  ofNothing: {
    judgeRecovery: [judgeRecovery(recovery({ refusedWith: 'LimitExceededException' }))],
    judgeNewestTime: [
      judgeNewestTime(recovery({ exportOfNow: 'LimitExceededException' })),
      judgeNewestTime(recovery({ enabledAfterMs: undefined, exportOfNow: 'X' })),
    ],
    judgeToken: [
      judgeToken(recovery({ exportOfNow: DENIED })),
      judgeToken(recovery({ otherParameters: THROTTLED })),
      judgeToken(recovery({ sameToken: { error: THROTTLED, isSameExport: false } })),
    ],
    judgeMissingBucket: [
      judgeMissingBucket(recovery({ missingBucket: { ExportStatus: undefined, FailureCode: THROTTLED } })),
      judgeMissingBucket(
        recovery({ enabledAfterMs: undefined, missingBucket: { ExportStatus: undefined, FailureCode: 'X' } }),
      ),
    ],
  },
});
