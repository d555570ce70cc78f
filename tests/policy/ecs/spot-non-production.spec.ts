import * as aws from '@pulumi/aws';
import { spotNonProduction } from '../../../policy/rules/ecs/spot-non-production';
import { examine, given, UNKNOWN } from '../examine';

const service = (providers: readonly string[] | undefined, stack = 'prod') =>
  given(
    aws.ecs.Service,
    { capacityProviderStrategies: providers?.map((capacityProvider) => ({ capacityProvider })) },
    { stack },
  );

examine(spotNonProduction, {
  violating: {
    'Spot capacity only': { given: service(['FARGATE_SPOT']), finds: ['it runs on FARGATE_SPOT only'] },
  },
  satisfying: {
    'Spot and other capacity': { given: service(['FARGATE_SPOT', 'FARGATE']) },
    'a launch type': { given: service(undefined) },
    'Spot capacity outside production': { given: service(['FARGATE_SPOT'], 'dev') },
  },
  unknown: {
    which: { given: given(aws.ecs.Service, { capacityProviderStrategies: UNKNOWN }, { stack: 'prod' }) },
  },
});
