import type { ResourceValidationArgs } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { defaultTagsIn } from '../../stack/default-tags';

interface Config {
  readonly tags: Readonly<Record<string, string>>;
}

/** Taggable resources that cost money or hold data. */
const TAGGED = [
  'aws:cloudwatch/eventRule:EventRule',
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  'aws:dynamodb/table:Table',
  'aws:ec2/natGateway:NatGateway',
  'aws:ec2/securityGroup:SecurityGroup',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  'aws:ecr/repository:Repository',
  'aws:ecs/cluster:Cluster',
  'aws:ecs/service:Service',
  'aws:ecs/taskDefinition:TaskDefinition',
  'aws:efs/fileSystem:FileSystem',
  'aws:iam/policy:Policy',
  'aws:iam/role:Role',
  'aws:iam/user:User',
  'aws:kms/key:Key',
  'aws:s3/bucket:Bucket',
  'aws:secretsmanager/secret:Secret',
  'aws:sns/topic:Topic',
  'aws:sqs/queue:Queue',
];

/** Nobody stops a cost that has no owner. The configuration names the required tags. */
export const requiredTags = resourceRule({
  name: 'required-tags',
  description: 'Resources have the tags that the configuration names.',
  level: 'remediate',
  severity: 'low',
  standards: { wellArchitected: ['COST03-BP02'] },
  remedy:
    'Set the tags, preferably as defaultTags of the provider; in this package: tags. A missing tag is added if the ' +
    'configuration gives its value.',
  url: 'https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html',
  config: {
    tags: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Tag → value to add if the tag is missing. Empty: any value is fine, and none is added.',
      default: {},
    },
  },
  validate: [
    (args, report) => {
      const absent = absentOf(args);
      if (absent.length > 0) report(`it has no tag ${absent.map(([key]) => key).join(', ')}`);
    },
  ],
  remediate: (args) => {
    const added = absentOf(args).filter(([, value]) => value !== '');
    if (added.length === 0) return undefined;
    return { ...args.props, tags: { ...ownTags(args), ...Object.fromEntries(added) } };
  },
});

function absentOf(args: ResourceValidationArgs): readonly (readonly [string, string])[] {
  if (!TAGGED.includes(args.type)) return [];
  const there = {
    ...defaultTagsIn(args.provider?.props['defaultTags']),
    ...(args.props['tagsAll'] as object | undefined),
    ...ownTags(args),
  };
  return Object.entries(args.getConfig<Config>().tags).filter(([key]) => !(key in there));
}

function ownTags({ props }: ResourceValidationArgs): Readonly<Record<string, string>> {
  return (props['tags'] ?? {}) as Readonly<Record<string, string>>;
}
