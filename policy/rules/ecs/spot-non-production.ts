import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { isProduction, PRODUCTION, type Production } from '../../stack/production';

/** Spot capacity can be reclaimed at two minutes’ notice, and may be unavailable for hours. */
export const spotNonProduction = resourceRule({
  name: 'ecs-spot-non-production',
  description: 'Production services do not depend on Spot capacity.',
  level: 'advisory',
  severity: 'low',
  standards: { wellArchitected: ['REL11-BP01'] },
  remedy: 'Use launchType FARGATE; in this package: remove task.spot.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html',
  config: PRODUCTION,
  validate: [
    validateResourceOfType(aws.ecs.Service, ({ capacityProviderStrategies }, args, report) => {
      if (!isProduction(args.urn, args.getConfig<Production>())) return;
      const providers = (capacityProviderStrategies ?? []).map(({ capacityProvider }) => capacityProvider);
      if (providers.length > 0 && providers.every((provider) => provider === 'FARGATE_SPOT'))
        report('it runs on FARGATE_SPOT only');
    }),
  ],
});
