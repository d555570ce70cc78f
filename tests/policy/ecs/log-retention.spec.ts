import * as aws from '@pulumi/aws';
import { logRetention } from '../../../policy/rules/ecs/log-retention';
import { examine, given, UNKNOWN } from '../examine';

const group = (retentionInDays?: unknown, stack = 'dev') =>
  given(aws.cloudwatch.LogGroup, { name: '/shop', retentionInDays }, { stack });

examine(logRetention, {
  violating: {
    forever: {
      given: group(),
      finds: ['it keeps its events forever; set retentionInDays to at least 30'],
    },
    'for a week': { given: group(7), finds: ['it keeps its events for 7 days; expected at least 30'] },
    'for a month, in production': {
      given: group(30, 'prod'),
      finds: ['it keeps its events for 30 days; expected at least 365'],
    },
  },
  satisfying: {
    'for a month': { given: group(30) },
    'for a year, in production': { given: group(365, 'prod-eu') },
    'as long as the configuration requires': { given: group(3), config: { minimumDays: 3 } },
  },
  unknown: { 'how long': { given: group(UNKNOWN) } },
  remediates: {
    'to the minimum': { given: group(7), into: { name: '/shop', retentionInDays: 30 } },
    'to the minimum in production': {
      given: group(undefined, 'prod'),
      into: { name: '/shop', retentionInDays: 365 },
    },
    'nothing if it is long enough': { given: group(90), into: undefined },
  },
});
