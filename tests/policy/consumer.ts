import * as aws from '@pulumi/aws';
import { given } from './examine';
import type { Examined } from '../../review/run-rule';

/** Settings of a service that runs one task at a time. */
export const SINGLE = {
  desiredCount: 1,
  deploymentMaximumPercent: 100,
  deploymentMinimumHealthyPercent: 0,
  availabilityZoneRebalancing: 'DISABLED',
} as const;

interface Made {
  readonly name?: string;
  readonly service?: object;
  readonly actions?: readonly string[];
  /** Text of the role's policy instead of the actions. */
  readonly policy?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Names of tables. */
  readonly tables?: readonly string[];
  readonly task?: object;
}

/** A service with its task and its role, which by default may follow the stream of the table orders. */
export function consumer({
  name = 'app',
  service = SINGLE,
  actions = ['dynamodb:GetRecords'],
  policy,
  environment = {},
  tables = ['orders'],
  task = {},
}: Made = {}): readonly Examined[] {
  const arn = (table: string) => `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}`;
  const Resource = tables.map((table) => `${arn(table)}/stream/*`);
  const document = JSON.stringify({ Statement: [{ Effect: 'Allow', Action: actions, Resource }] });
  const role = given(aws.iam.Role, { name: `${name}-role` }, { name, computed: { arn: `arn:role/${name}` } });
  const container = {
    name,
    environment: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
  };
  const definition = given(
    aws.ecs.TaskDefinition,
    { taskRoleArn: `arn:role/${name}`, containerDefinitions: JSON.stringify([container]), ...task },
    { name, computed: { arn: `arn:task/${name}` } },
  );
  return [
    given(aws.ecs.Service, { name, taskDefinition: `arn:task/${name}`, ...service }, { name }),
    definition,
    role,
    given(aws.iam.RolePolicy, { role: `${name}-role`, policy: policy ?? document }, { name }),
  ];
}
