import { stackRule } from '../../rule';
import { eachKnown } from '../../stack/known';
import { servicesOf, streamConsumerOf } from '../../stack/stream-consumers';

interface Config {
  readonly reasons: Readonly<Record<string, string>>;
}

/** DynamoDB serves two readers per shard, and a table that is loaded twice is exported twice. */
export const oneReplicatorPerTable = stackRule({
  name: 'one-replicator-per-table',
  description: 'Only one service follows a table’s stream, unless the configuration gives a reason for more.',
  level: 'mandatory',
  severity: 'medium',
  standards: { wellArchitected: ['COST02-BP05'] },
  remedy:
    'Remove the table from all but one service, or add the reason to the configuration of this rule, by table ARN.',
  url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html',
  config: {
    reasons: {
      type: 'object',
      additionalProperties: { type: 'string', minLength: 10 },
      description: 'ARN of a table → why several services follow it.',
      default: {},
    },
  },
  validate: ({ resources, getConfig }, report) => {
    const { reasons } = getConfig<Config>();
    const followers = new Map<string, string[]>();
    eachKnown(servicesOf(resources), (service) => {
      for (const arn of streamConsumerOf(service, resources)?.tableArns ?? [])
        followers.set(arn, [...(followers.get(arn) ?? []), service.name]);
    });
    for (const [arn, services] of followers) {
      if (services.length > 1 && reasons[arn] === undefined)
        report(`${services.sort().join(' and ')} follow ${arn}`);
    }
  },
});
