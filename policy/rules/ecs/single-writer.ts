import { stackRule } from '../../rule';
import { eachKnown } from '../../stack/known';
import { servicesOf, streamConsumerOf } from '../../stack/stream-consumers';

/** Two tasks that follow the same stream overwrite each other’s rows, and by default ECS starts a second one during deployments. */
export const singleWriter = stackRule({
  name: 'ecs-single-writer',
  description: 'A service that follows streams runs one task at a time, even during a deployment.',
  level: 'mandatory',
  severity: 'high',
  standards: { wellArchitected: ['REL11-BP01'] },
  remedy:
    'Set desiredCount to 1, deploymentMaximumPercent to 100, deploymentMinimumHealthyPercent to 0 and ' +
    'availabilityZoneRebalancing to DISABLED.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html',
  validate: ({ resources }, report) => {
    eachKnown(servicesOf(resources), (service) => {
      if (streamConsumerOf(service, resources) === undefined) return;
      const { props } = service;
      const expected = (property: string, holds: (value: unknown) => boolean, text: string) => {
        const value: unknown = props[property];
        if (!holds(value))
          report(`${property} of ${service.name} is ${shown(value)}; expected ${text}`, service.urn);
      };
      expected('desiredCount', (count) => count === undefined || (count as number) <= 1, '1');
      expected('deploymentMaximumPercent', (percent) => percent === 100, '100');
      expected('deploymentMinimumHealthyPercent', (percent) => percent === 0, '0');
      expected('availabilityZoneRebalancing', (value) => value === 'DISABLED', 'DISABLED');
    });
  },
});

function shown(value: unknown): string {
  return value === undefined ? 'not set' : String(value);
}
