import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Endpoints, TableManagement } from '../arguments/choices';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import type { CheckedConfig } from './config';
import { type ArgumentProblem, UnsuitableResource } from '../errors';
import { firstInEcr, regionOfEcr } from '../plan/image-address';
import {
  findBucket,
  findBucketOfRegion,
  findCluster,
  findSecret,
  findTable,
  isNotFound,
} from '../components/lookups';
import { requireGroupsIn } from '../components/existing-groups';
import { requireTaskRole } from '../components/existing-role';
import { endpointNeeds, neededEndpoints } from '../plan/network/endpoint-services';
import { requireEndpoints } from '../components/network/find-endpoints';
import { findNetwork, type Subnets } from '../components/network/subnets';

/** A stack, as its configuration describes it. */
interface StackToCheck extends Pick<CheckedConfig, 'replicator' | 'accountId' | 'places' | 'problems'> {
  /** Name of its component. */
  readonly component: string;
}

/** A check of one resource, and the keys of the configuration that it relies on. */
interface Check {
  readonly argument: string;
  readonly reliesOn: readonly string[];
  readonly run: () => Promise<unknown>;
}

/**
 * Checks every resource that a stack's configuration names, before any resource is registered. The components check theirs
 * too, but Pulumi reports an output that fails there once for everything that depends on it. What the configuration has wrong
 * is not looked up.
 */
export async function surroundingsProblems(
  { replicator: args, accountId, places, problems, component }: StackToCheck,
  options: pulumi.InvokeOptions,
): Promise<readonly ArgumentProblem[]> {
  // What is said of the list as a whole, such as a table that is listed twice, keeps none of its tables from being looked up.
  const wrong = problems.map(({ argument }) => argument).filter((argument) => argument !== 'tables');
  const isRight = (argument: string) => !wrong.some((one) => overlaps(one, argument));
  let region: string;
  try {
    ({ region } = await aws.getRegion({}, options));
  } catch (error) {
    const { message } = error as Error;
    if (!isNotFound(message)) throw error;
    return [{ argument: 'aws:region', problem: `the AWS provider does not know this region (${message})` }];
  }
  const wrongAccount = isRight('accountId') ? await accountProblems(accountId, options) : [];
  // In the wrong account, every other check would fail too.
  if (wrongAccount.length > 0) return wrongAccount;
  const checks = [
    ...tableChecks(args, places, region, options),
    ...bucketChecks(args, region, options),
    ...Object.entries({
      'destination.passwordSecretArn': args.destination.postgres?.passwordSecretArn,
      'destination.urlSecretArn': args.destination.postgres?.urlSecretArn,
      'destination.tlsCaSecretArn': args.destination.postgres?.tlsCaSecretArn,
      'task.repositoryCredentials.arn': args.task?.repositoryCredentials?.arn,
    }).flatMap(([argument, secret]) =>
      typeof secret === 'string' ? [alone(argument, () => findSecret(secret, options))] : [],
    ),
    ...Object.entries({
      'access.taskRoleArn': args.access?.taskRoleArn,
      'access.executionRoleArn': args.access?.executionRoleArn,
    }).flatMap(([argument, role]) =>
      typeof role === 'string' ? [alone(argument, () => requireTaskRole(role, options))] : [],
    ),
    ...clusterChecks(args, region, options),
    networkCheck(args, region, component, options),
  ].filter(({ reliesOn }) => reliesOn.every(isRight));
  const found = await Promise.all(checks.map((check) => problemOf(check)));
  return [
    ...[...regionProblems(args, region), ...contextProblems(args.image.build?.context)].filter(
      ({ argument }) => isRight(argument),
    ),
    ...found.filter((problem) => problem !== undefined),
  ];
}

/** Whether one argument is the other, or a part of it. */
function overlaps(one: string, other: string): boolean {
  const [outer, inner] = one.length < other.length ? [one, other] : [other, one];
  return inner === outer || (inner.startsWith(outer) && /^[.[]/.test(inner.slice(outer.length)));
}

function alone(argument: string, run: () => Promise<unknown>): Check {
  return { argument, reliesOn: [argument], run };
}

function tableChecks(
  { tables, access }: DynamoDBReplicatorArgs,
  places: readonly string[],
  region: string,
  options: pulumi.InvokeOptions,
): readonly Check[] {
  if (access?.sourceRole) return [];
  return tables.flatMap(({ name, management = TableManagement.Verify, accountId }, index) => {
    if (management === TableManagement.Managed || accountId !== undefined) return [];
    const place = places[index] as string;
    const run = () => findTable(name, region, management === TableManagement.Verify, options);
    return [{ argument: place, reliesOn: [place, 'access.sourceRole'], run }];
  });
}

function bucketChecks(
  { exportBucket, network }: DynamoDBReplicatorArgs,
  region: string,
  options: pulumi.InvokeOptions,
): readonly Check[] {
  const { existingBucketName: bucket, existingBucketOwner, kmsKeyArn } = exportBucket ?? {};
  if (typeof bucket !== 'string' || existingBucketOwner !== undefined) return [];
  const find = (network.endpoints ?? Endpoints.None) === Endpoints.None ? findBucket : findBucketOfRegion;
  // A configuration contains no outputs.
  const named = { bucket, kmsKeyArn: kmsKeyArn as string | undefined };
  return [
    {
      argument: 'exportBucket',
      reliesOn: ['exportBucket', 'network.endpoints'],
      run: () => find(named, region, options),
    },
  ];
}

function clusterChecks(
  { task }: DynamoDBReplicatorArgs,
  region: string,
  options: pulumi.InvokeOptions,
): readonly Check[] {
  const clusterArn = task?.clusterArn;
  return typeof clusterArn === 'string' && regionOf(clusterArn) === region
    ? [alone('task.clusterArn', () => findCluster(clusterArn, options))]
    : [];
}

function networkCheck(
  args: DynamoDBReplicatorArgs,
  region: string,
  component: string,
  options: pulumi.InvokeOptions,
): Check {
  const hasEndpoints = (args.network.endpoints ?? Endpoints.None) !== Endpoints.None;
  return {
    argument: 'network',
    reliesOn: [
      'network',
      // Which endpoints are needed depends on where the image is.
      hasEndpoints ? 'image' : 'image.uri',
      'task.sidecars',
      'task.securityGroupIds',
      'task.assignPublicIp',
      'access.sourceRole',
    ],
    run: () => findWholeNetwork(args, region, component, options),
  };
}

const regionOf = (arn: string): string | undefined => arn.split(':')[3];

/** Problems of resources that have to be in the stack's own region. */
function regionProblems(
  { exportBucket, task, monitoring }: DynamoDBReplicatorArgs,
  region: string,
): readonly ArgumentProblem[] {
  const named: Readonly<Record<string, unknown>> = {
    // An existing bucket may be in another region, together with its key.
    ...(exportBucket?.existingBucketName === undefined && {
      'exportBucket.kmsKeyArn': exportBucket?.kmsKeyArn,
    }),
    'task.clusterArn': task?.clusterArn,
    'task.logKmsKeyArn': task?.logKmsKeyArn,
    'monitoring.alarmTopicArn': monitoring?.alarmTopicArn,
    'monitoring.topicKmsKeyArn': monitoring?.topicKmsKeyArn,
  };
  return Object.entries(named).flatMap(([argument, arn]) =>
    typeof arn !== 'string' || regionOf(arn) === region
      ? []
      : [{ argument, problem: `it is in ${regionOf(arn)}, but must be in the stack’s region, ${region}` }],
  );
}

/** Pulumi starts the program and Docker's plugin in the same folder, so a relative path is valid for both. */
function contextProblems(context: string | undefined): readonly ArgumentProblem[] {
  if (context === undefined || existsSync(join(context, 'Dockerfile'))) return [];
  const problem = `no Dockerfile in ${context} (relative to ${process.cwd()}): name a checkout of this repository, or remove context`;
  return [{ argument: 'image.build.context', problem }];
}

/** Looks up the network and its endpoints. */
async function findWholeNetwork(
  { network: { vpcId, subnetIds, ...network }, image, access, task }: DynamoDBReplicatorArgs,
  region: string,
  component: string,
  options: pulumi.InvokeOptions,
): Promise<void> {
  const found = await findNetwork(
    // A configuration contains no outputs.
    {
      ...network,
      vpcId: vpcId as string | undefined,
      subnetIds: subnetIds as string[] | undefined,
      assignPublicIp: task?.assignPublicIp,
    },
    options,
  );
  requireReachableImage('image.uri', image.uri, region, found);
  for (const [index, sidecar] of (task?.sidecars ?? []).entries())
    requireReachableImage(`task.sidecars[${index}].image`, sidecar.image, region, found);
  await requireGroupsIn(found.vpcId, (task?.securityGroupIds ?? []) as readonly string[], options);
  const { endpoints: mode = Endpoints.None } = network;
  if (mode === Endpoints.None) return;
  const needs = endpointNeeds(
    firstInEcr([image.uri, ...(task?.sidecars ?? []).map((sidecar) => sidecar.image)]),
    access?.sourceRole !== undefined,
  );
  const services = neededEndpoints(needs);
  await requireEndpoints({ mode, services, network: found, region, component }, options);
}

/** VPC endpoints reach ECR only in the same region. @throws UnsuitableResource */
function requireReachableImage(
  argument: string,
  uri: string | undefined,
  region: string,
  { vpcId, hasWayOut }: Subnets,
): void {
  if (uri === undefined || hasWayOut || regionOfEcr(uri) === region) return;
  throw new UnsuitableResource(
    `VPC ${vpcId}`,
    `${argument}: the subnets have no route to the internet, so the image must be in ECR in ${region}. Copy it there` +
      (argument === 'image.uri' ? ', or build it with image.build' : ''),
  );
}

async function problemOf({ argument, run }: Check): Promise<ArgumentProblem | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof UnsuitableResource) return { argument, problem: error.message };
    throw error;
  }
}

async function accountProblems(
  accountId: string | undefined,
  options: pulumi.InvokeOptions,
): Promise<readonly ArgumentProblem[]> {
  if (accountId === undefined) return [];
  const caller = await aws.getCallerIdentity({}, options);
  if (caller.accountId === accountId) return [];
  const problem =
    `the credentials belong to account ${caller.accountId} (${caller.arn}), but this stack belongs to ${accountId}: use other ` +
    `credentials (AWS_PROFILE, or pulumi config set aws:profile NAME)`;
  return [{ argument: 'accountId', problem }];
}
