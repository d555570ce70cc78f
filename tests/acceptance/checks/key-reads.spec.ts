import { judgeKeyPermissions, judgeKeyReads } from '../../../acceptance/checks/key-reads';
import { judges, THROTTLED } from './judges';

const KEY_ANSWER = { asked: 10, existing: 5, returned: 5, unprocessed: 0, lost: 0, invented: 0 };

const keyReads = (change: Partial<typeof KEY_ANSWER>) => ({
  answers: [{ ...KEY_ANSWER, ...change }],
  asReplicator: {
    keysOnly: undefined,
    wholeItems: 'AccessDeniedException',
    otherAttributes: 'AccessDeniedException',
    getItem: 'AccessDeniedException',
  },
});

const permissions = (
  change: Partial<Record<keyof ReturnType<typeof keyReads>['asReplicator'], string | undefined>>,
) => {
  const { answers, asReplicator } = keyReads({});
  return { answers, asReplicator: { ...asReplicator, ...change } };
};

judges('key-reads', {
  cases: {
    'E26 key reads': [
      ['all', judgeKeyReads(keyReads({})), 'holds'],
      ['some unprocessed', judgeKeyReads(keyReads({ unprocessed: 9 })), 'holds'],
      ['lost', judgeKeyReads(keyReads({ lost: 1 })), /neither returned/],
      ['invented', judgeKeyReads(keyReads({ invented: 1 })), /do not exist/],
      ['none processed', judgeKeyReads(keyReads({ unprocessed: 10 })), /processed none/],
    ],
    'key permissions': [
      ['only keys', judgeKeyPermissions(permissions({})), 'holds'],
      ['no keys', judgeKeyPermissions(permissions({ keysOnly: 'AccessDeniedException' })), /was refused/],
      ['whole items', judgeKeyPermissions(permissions({ wholeItems: undefined })), /whole items/],
      ['attributes', judgeKeyPermissions(permissions({ otherAttributes: undefined })), /not keys/],
      ['GetItem', judgeKeyPermissions(permissions({ getItem: undefined })), /GetItem/],
    ],
  },
  ofNothing: {
    judgeKeyReads: [
      judgeKeyReads({ ...keyReads({}), answers: [] }),
      judgeKeyReads(keyReads({ existing: 0, returned: 0 })),
    ],
    judgeKeyPermissions: [
      judgeKeyPermissions(permissions({ wholeItems: 'ValidationException' })),
      judgeKeyPermissions(permissions({ getItem: 'ResourceNotFoundException' })),
      judgeKeyPermissions(permissions({ wholeItems: THROTTLED })),
      judgeKeyPermissions(permissions({ keysOnly: 'ExpiredTokenException' })),
    ],
  },
});
