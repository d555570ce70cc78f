import * as aws from '@pulumi/aws';
import type { PolicyResource } from '@pulumi/policy';
import { containersOf } from '../ecs/containers';
import { allowedBy } from '../iam/document';
import { actionsLike } from '../iam/service-reference';
import { refersTo } from './known';

/** A Fargate service that reads the streams of tables. */
export interface StreamConsumer {
  readonly service: PolicyResource;
  readonly definition: PolicyResource;
  /** ARNs of the tables whose streams it may read; empty if it reads them with another role. */
  readonly tableArns: readonly string[];
}

const READING = 'dynamodb:GetRecords';
/** Prefix of the settings of this package's container. */
const VARIABLE = 'DYNAMODB_REPLICATOR_';

/**
 * The service as a stream consumer; `undefined` if it is none. It is one if its task role may read streams, or if its container is this package's.
 * @throws UnknownValueError if that is unknown in a preview
 */
export function streamConsumerOf(
  service: PolicyResource,
  resources: readonly PolicyResource[],
): StreamConsumer | undefined {
  const definition = resources.find(
    (one) => one.isType(aws.ecs.TaskDefinition) && refersTo(service, 'taskDefinition', one),
  );
  if (definition === undefined) return undefined;
  const tableArns = [...new Set(documentsOf(definition, resources).flatMap(streamTables))].sort();
  const isOurs = containersOf(definition.props['containerDefinitions'] as string).some(
    ({ environment = [] }) => environment.some(({ name = '' }) => name.startsWith(VARIABLE)),
  );
  return tableArns.length > 0 || isOurs ? { service, definition, tableArns } : undefined;
}

/** The services of a stack. */
export function servicesOf(resources: readonly PolicyResource[]): readonly PolicyResource[] {
  return resources.filter((one) => one.isType(aws.ecs.Service));
}

/** Policies of a task's role, inline and attached. */
function documentsOf(definition: PolicyResource, resources: readonly PolicyResource[]): readonly unknown[] {
  const role = resources.find((one) => one.isType(aws.iam.Role) && refersTo(definition, 'taskRoleArn', one));
  if (role === undefined) return [];
  const inline = resources.filter((one) => one.isType(aws.iam.RolePolicy) && refersTo(one, 'role', role));
  const attachments = resources.filter(
    (one) => one.isType(aws.iam.RolePolicyAttachment) && refersTo(one, 'role', role),
  );
  const attached = resources.filter(
    (one) => one.isType(aws.iam.Policy) && attachments.some((each) => refersTo(each, 'policyArn', one)),
  );
  return [...inline, ...attached].map(({ props }) => props['policy'] as unknown);
}

function streamTables(document: unknown): readonly string[] {
  return allowedBy(document)
    .filter(({ actions }) => actions.some((action) => actionsLike(action).includes(READING)))
    .flatMap(({ resources }) => resources)
    .filter((resource) => resource.includes('/stream/') || resource === '*')
    .map((resource) => resource.replace(/\/stream\/.*$/, ''));
}
