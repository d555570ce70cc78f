import * as aws from '@pulumi/aws';
import { singleWriter } from '../../../policy/rules/ecs/single-writer';
import { consumer, SINGLE } from '../consumer';
import { examine, given, UNKNOWN } from '../examine';

examine(singleWriter, {
  violating: {
    'a service with ECS’s defaults': {
      given: consumer({ service: {} }),
      finds: [
        'availabilityZoneRebalancing of app is not set; expected DISABLED',
        'deploymentMaximumPercent of app is not set; expected 100',
        'deploymentMinimumHealthyPercent of app is not set; expected 0',
      ],
    },
    'two tasks': {
      given: consumer({ service: { ...SINGLE, desiredCount: 2 } }),
      finds: ['desiredCount of app is 2; expected 1'],
    },
    'this package’s container with a role outside the stack': {
      given: consumer({
        service: { ...SINGLE, deploymentMaximumPercent: 200 },
        environment: { DYNAMODB_REPLICATOR_REGION: 'eu-west-1' },
        actions: ['sts:AssumeRole'],
      }),
      finds: ['deploymentMaximumPercent of app is 200; expected 100'],
    },
  },
  satisfying: {
    'one task at a time': { given: consumer({ service: SINGLE }) },
    'a service that follows no stream': { given: consumer({ service: {}, actions: ['dynamodb:GetItem'] }) },
    'a service with a task definition outside the stack': {
      given: given(aws.ecs.Service, { taskDefinition: 'arn:x' }),
    },
  },
  unknown: { 'what its role may': { given: consumer({ service: {}, policy: UNKNOWN }) } },
});
