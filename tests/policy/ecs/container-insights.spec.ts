import * as aws from '@pulumi/aws';
import { containerInsights } from '../../../policy/rules/ecs/container-insights';
import { examine, given, UNKNOWN } from '../examine';

const cluster = (settings: unknown, stack = 'prod') => given(aws.ecs.Cluster, { settings }, { stack });
const on = (value: string) => [{ name: 'containerInsights', value }];

examine(containerInsights, {
  violating: {
    'not set, in production': { given: cluster(undefined), finds: ['Container Insights is off'] },
    'off, in production': { given: cluster(on('disabled')), finds: ['Container Insights is off'] },
  },
  satisfying: {
    on: { given: cluster(on('enabled')) },
    enhanced: { given: cluster(on('enhanced')) },
    'off, outside production': { given: cluster(on('disabled'), 'dev') },
  },
  unknown: { 'whether they are on': { given: cluster(UNKNOWN) } },
});
