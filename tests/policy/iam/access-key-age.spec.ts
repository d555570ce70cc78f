import * as aws from '@pulumi/aws';
import { accessKeyAge } from '../../../policy/rules/iam/access-key-age';
import { examine, given, UNKNOWN } from '../examine';

const NOW = Date.parse('2026-11-25T00:00:00Z');
const key = (createDate: string | undefined, status = 'Active') =>
  given(aws.iam.AccessKey, { user: 'reader' }, { computed: { createDate, status } });

examine(
  accessKeyAge(() => NOW),
  {
    violating: {
      'a key older than 90 days': {
        given: key('2026-08-01T00:00:00Z'),
        finds: ['the key is 116 days old; at most 90 are allowed'],
      },
      'a key older than the configuration allows': {
        given: key('2026-11-01T00:00:00Z'),
        config: { maximumDays: 7 },
        finds: ['the key is 24 days old; at most 7 are allowed'],
      },
    },
    satisfying: {
      'a key of 90 days': { given: key('2026-08-27T00:00:00Z') },
      'an inactive key': { given: key('2020-01-01T00:00:00Z', 'Inactive') },
      'a key that is being created': { given: key(undefined) },
    },
    unknown: { 'one that a preview makes': { given: key(UNKNOWN) } },
  },
);
