import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Endpoints, TableManagement } from '../arguments/choices';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import { type ArgumentProblem, UnsuitableResource } from '../errors';
import { firstInEcr, regionOfEcr } from '../plan/image-address';
import { findBucket, findBucketOfRegion, findCluster, findSecret, findTable } from '../components/lookups';
import { requireGroupsIn } from '../components/existing-groups';
import { requireTaskRole } from '../components/existing-role';
import { endpointNeeds, neededEndpoints } from '../plan/network/endpoint-services';
import { requireEndpoints } from '../components/network/find-endpoints';
import { findNetwork, type Subnets } from '../components/network/subnets';

/** The stack's own account and component. */
interface StackIdentity {
  /** Account that the stack belongs to; `undefined`: any. */
  readonly accountId: string | undefined;
  /** Name of its component. */
  readonly component: string;
}

/**
 * Checks every resource that a stack's configuration names, before any resource is registered. The components check theirs
 * too, but Pulumi reports an output that fails there once for everything that depends on it.
 */
export async function surroundingsProblems(
  args: DynamoDBReplicatorArgs,
  { accountId, component }: StackIdentity,
  options: pulumi.InvokeOptions,
): Promise<readonly ArgumentProblem[]> {
  const { region } = await aws.getRegion({}, options);
  const wrongAccount = await accountProblems(accountId, options);
  // In the wrong account, every other check would fail too.
  if (wrongAccount.length > 0) return wrongAccount;
  const { existingBucketName: bucket, existingBucketOwner, kmsKeyArn } = args.exportBucket ?? {};
  const { passwordSecretArn, urlSecretArn, tlsCaSecretArn } = args.destination.postgres ?? {};
  const { clusterArn } = args.task ?? {};
  const { taskRoleArn, executionRoleArn } = args.access ?? {};
  const findReachableBucket =
    (args.network.endpoints ?? Endpoints.None) === Endpoints.None ? findBucket : findBucketOfRegion;
  const checks: readonly (readonly [argument: string, check: () => Promise<unknown>])[] = [
    ...args.tables.flatMap(({ name, management = TableManagement.Verify, accountId: owner }, index) =>
      management === TableManagement.Managed || owner !== undefined || args.access?.sourceRole
        ? []
        : [
            [
              `tables[${index}]`,
              () => findTable(name, region, management === TableManagement.Verify, options),
            ] as const,
          ],
    ),
    ...(typeof bucket === 'string' && existingBucketOwner === undefined
      ? [
          [
            'exportBucket',
            // A configuration contains no outputs.
            () =>
              findReachableBucket({ bucket, kmsKeyArn: kmsKeyArn as string | undefined }, region, options),
          ] as const,
        ]
      : []),
    ...Object.entries({
      'destination.passwordSecretArn': passwordSecretArn,
      'destination.urlSecretArn': urlSecretArn,
      'destination.tlsCaSecretArn': tlsCaSecretArn,
      'task.repositoryCredentials.arn': args.task?.repositoryCredentials?.arn,
    }).flatMap(([argument, secret]) =>
      typeof secret === 'string' ? [[argument, () => findSecret(secret, options)] as const] : [],
    ),
    ...Object.entries({ taskRoleArn, executionRoleArn }).flatMap(([key, role]) =>
      typeof role === 'string' ? [[`access.${key}`, () => requireTaskRole(role, options)] as const] : [],
    ),
    ...(typeof clusterArn === 'string' && regionOf(clusterArn) === region
      ? [['task.clusterArn', () => findCluster(clusterArn, options)] as const]
      : []),
    ['network', () => findWholeNetwork(args, region, component, options)],
  ];
  const found = await Promise.all(checks.map(([argument, check]) => problemOf(argument, check)));
  return [
    ...regionProblems(args, region),
    ...contextProblems(args.image.build?.context),
    ...found.filter((problem) => problem !== undefined),
  ];
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

async function problemOf(
  argument: string,
  check: () => Promise<unknown>,
): Promise<ArgumentProblem | undefined> {
  try {
    await check();
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
