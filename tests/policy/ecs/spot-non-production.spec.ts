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
    'spare capacity alone': { given: service(['FARGATE_SPOT']), finds: ['it runs on FARGATE_SPOT alone'] },
  },
  satisfying: {
    'spare capacity beside the other': { given: service(['FARGATE_SPOT', 'FARGATE']) },
    'a launch type': { given: service(undefined) },
    'spare capacity elsewhere': { given: service(['FARGATE_SPOT'], 'dev') },
  },
  unknown: {
    which: { given: given(aws.ecs.Service, { capacityProviderStrategies: UNKNOWN }, { stack: 'prod' }) },
  },
});
