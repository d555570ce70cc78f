import * as aws from '@pulumi/aws';
import { containerInsights } from '../../../policy/rules/ecs/container-insights';
import { examine, given, UNKNOWN } from '../examine';

const cluster = (settings: unknown, stack = 'prod') => given(aws.ecs.Cluster, { settings }, { stack });
const on = (value: string) => [{ name: 'containerInsights', value }];

examine(containerInsights, {
  violating: {
    'not said, in production': { given: cluster(undefined), finds: ['Container Insights are off'] },
    'off, in production': { given: cluster(on('disabled')), finds: ['Container Insights are off'] },
  },
  satisfying: {
    on: { given: cluster(on('enabled')) },
    'on, the newer kind': { given: cluster(on('enhanced')) },
    'off, elsewhere': { given: cluster(on('disabled'), 'dev') },
  },
  unknown: { 'whether they are on': { given: cluster(UNKNOWN) } },
});
