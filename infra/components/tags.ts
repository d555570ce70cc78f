import * as pulumi from '@pulumi/pulumi';
import type { OwnTag } from '../plan/network/endpoint-plan';

/** Tags by name. */
type Tags = Readonly<Record<string, pulumi.Input<string>>>;

/** Key of the tag of a replicator's own resources. A budget counts their costs by it. */
export const OWN_TAG = 'dynamodb-replicator';

/** The types of resources that AWS bills for, and that take tags. A service passes its tags to its tasks. */
const BILLED: ReadonlySet<string> = new Set([
  'aws:cloudwatch/logGroup:LogGroup',
  'aws:cloudwatch/metricAlarm:MetricAlarm',
  'aws:dynamodb/table:Table',
  'aws:ec2/vpcEndpoint:VpcEndpoint',
  'aws:ecr/repository:Repository',
  'aws:ecs/cluster:Cluster',
  'aws:ecs/service:Service',
  'aws:kms/key:Key',
  'aws:s3/bucket:Bucket',
  'aws:secretsmanager/secret:Secret',
  'aws:sns/topic:Topic',
]);

/** The own tag of a component's resources. Two components of an account have different values. */
export function ownTag(component: string): OwnTag {
  return { key: OWN_TAG, value: [pulumi.getProject(), pulumi.getStack(), component].join('/') };
}

/** Value of the own tag in 0.1.0, which lacks the project. What has it keeps its owner, and gets the present value at the next update. */
export function formerOwnTag(component: string): string {
  return `${component}-${pulumi.getStack()}`;
}

/** A component's options, with which every billed resource below it has the component's own tag. */
export function withOwnTag(
  component: string,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions {
  const { key, value } = ownTag(component);
  return transformed(
    options,
    (type) => BILLED.has(type),
    (given) => ({ ...given, [key]: value }),
  );
}

/** A component's options, with which every resource below it that takes tags has these. Its own tags win. */
export function withTags(
  tags: Tags | undefined,
  options: pulumi.ComponentResourceOptions | undefined,
): pulumi.ComponentResourceOptions | undefined {
  if (tags === undefined) return options;
  return transformed(
    options,
    // The SDK of AWS sets every argument of a resource, even if only to `undefined`.
    (type, props) => type.startsWith('aws:') && 'tags' in props,
    (given) => ({ ...tags, ...given }),
  );
}

function transformed(
  options: pulumi.ComponentResourceOptions | undefined,
  applies: (type: string, props: object) => boolean,
  tagsFor: (given: Tags) => Tags,
): pulumi.ComponentResourceOptions {
  const tagged: pulumi.ResourceTransformation = ({ type, props, opts }) => {
    const given = props as { readonly tags?: pulumi.Input<Tags> };
    if (!applies(type, given)) return undefined;
    const tags =
      given.tags === undefined ? tagsFor({}) : pulumi.output(given.tags).apply((own) => tagsFor(own));
    return { props: { ...given, tags }, opts };
  };
  return { ...options, transformations: [...(options?.transformations ?? []), tagged] };
}
