import type { RecordedResource } from '../review/record-program';

/**
 * A recorded stack as a plan of `terraform show -json`, for tools that know Terraform but not Pulumi. @pulumi/aws is generated from
 * Terraform's provider, so the names follow rules: camelCase becomes snake_case, the name of a list of objects becomes singular,
 * and an object becomes a list of one. Pure.
 */

export interface TerraformPlan {
  readonly format_version: string;
  readonly terraform_version: string;
  readonly planned_values: { readonly root_module: { readonly resources: readonly PlannedResource[] } };
  readonly resource_changes: readonly object[];
  readonly configuration: { readonly root_module: { readonly resources: readonly object[] } };
}

interface PlannedResource {
  readonly address: string;
  readonly mode: 'managed';
  readonly type: string;
  readonly name: string;
  readonly provider_name: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export function terraformPlan(recorded: readonly RecordedResource[]): TerraformPlan {
  const own = recorded.filter(({ type }) => type.startsWith('aws:'));
  const planned = own.map(plannedResource);
  return {
    format_version: '1.2',
    terraform_version: '1.9.0',
    planned_values: { root_module: { resources: planned } },
    resource_changes: planned.map(({ values, ...resource }) => ({
      ...resource,
      change: { actions: ['create'], before: null, after: values, after_unknown: {} },
    })),
    configuration: {
      root_module: {
        resources: own.map((one, index) => {
          const { address, mode, type, name } = planned[index] as PlannedResource;
          return { address, mode, type, name, expressions: expressionsOf(one, own) };
        }),
      },
    },
  };
}

function plannedResource({ type, name, inputs }: RecordedResource): PlannedResource {
  const terraform = typeOf(type);
  return {
    address: `${terraform}.${labelOf(name)}`,
    mode: 'managed',
    type: terraform,
    name: labelOf(name),
    provider_name: 'registry.terraform.io/hashicorp/aws',
    values: blockOf(inputs, RENAMED[terraform]),
  };
}

/** `aws:iam/rolePolicy:RolePolicy` → `aws_iam_role_policy`. Types of ec2 have no module in their name; those of vpc have `vpc`. */
export function typeOf(token: string): string {
  const [, path = ''] = token.split(':');
  const [module = '', resource = ''] = path.split('/');
  const own = snakeCase(resource);
  if (module === 'ec2') return `aws_${own}`;
  return module === 'vpc' ? `aws_vpc_${own}` : `aws_${module}_${own}`;
}

/** Properties with a different name in Terraform. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  aws_cloudwatch_metric_alarm: { name: 'alarm_name' },
  aws_sns_topic_subscription: { topic: 'topic_arn' },
};

/** Objects whose keys are data. */
const MAPS = ['tags', 'tags_all', 'dimensions', 'input_paths'];

function blockOf(
  properties: Readonly<Record<string, unknown>>,
  renamed: Readonly<Record<string, string>> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => {
      const name = renamed[key] ?? snakeCase(key);
      if (MAPS.includes(name)) return [name, value];
      if (isListOfObjects(value)) return [singular(name), value.map((one) => blockOf(one))];
      return isObject(value) ? [name, [blockOf(value)]] : [name, value];
    }),
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/(?<!s)s$/, '');
}

function labelOf(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}

/** The properties that refer to other resources; tools that check the graph read them. */
function expressionsOf(
  one: RecordedResource,
  all: readonly RecordedResource[],
): Readonly<Record<string, unknown>> {
  const renamed = RENAMED[typeOf(one.type)] ?? {};
  return Object.fromEntries(
    Object.entries(one.inputs).flatMap(([key, value]) => {
      const found = textsIn(value).flatMap((text) =>
        all.filter((other) => other !== one && isNamed(other, text)),
      );
      const references = found.flatMap((other) => {
        const address = `${typeOf(other.type)}.${labelOf(other.name)}`;
        return [`${address}.id`, address];
      });
      return references.length === 0
        ? []
        : [[renamed[key] ?? snakeCase(key), { references: [...new Set(references)] }]];
    }),
  );
}

function isNamed({ outputs, type }: RecordedResource, text: string): boolean {
  // The id of a bucket's setting is the bucket's name.
  const isSetting = type.startsWith('aws:s3/') && type !== 'aws:s3/bucket:Bucket';
  return !isSetting && [outputs['id'], outputs['arn']].includes(text);
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return isObject(value) || Array.isArray(value) ? Object.values(value).flatMap(textsIn) : [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOfObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}
