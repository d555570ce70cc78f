import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { isProduction, PRODUCTION, type Production } from '../../stack/production';

/** In production only: its metrics cost a few dollars a month. */
export const containerInsights = resourceRule({
  name: 'ecs-container-insights',
  description: 'Production clusters have Container Insights.',
  level: 'advisory',
  severity: 'medium',
  standards: { securityHub: ['ECS.12'], checkov: ['CKV_AWS_65'], wellArchitected: ['REL06-BP01'] },
  remedy:
    'Set containerInsights to enabled in the cluster’s settings; in this package: task.containerInsights.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-12',
  config: PRODUCTION,
  validate: [
    validateResourceOfType(aws.ecs.Cluster, ({ settings }, args, report) => {
      if (!isProduction(args.urn, args.getConfig<Production>())) return;
      const value = (settings ?? []).find(({ name }) => name === 'containerInsights')?.value;
      if (value === undefined || value === 'disabled') report('Container Insights is off');
    }),
  ],
});
