import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Endpoints, TableManagement } from '../arguments/choices';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import { type ArgumentProblem, UnsuitableResource } from '../errors';
import { regionOfEcr } from '../plan/image-address';
import { findBucket, findBucketOfRegion, findCluster, findSecret, findTable } from '../components/lookups';
import { endpointNeeds } from '../plan/network/endpoint-services';
import { findEndpoints, refuseSecondGateways } from '../components/network/endpoints';
import { findNetwork, type Subnets } from '../components/network/subnets';

/** What a stack knows of itself. */
interface StackIdentity {
  /** The account that it belongs to; `undefined`: any. */
  readonly accountId: string | undefined;
  /** What its own resources are tagged with. */
  readonly ownTag: readonly [name: string, value: string];
}

/**
 * Checks what a stack's configuration names, all of it, before anything is registered: the components check too, each its own,
 * but an output that fails there is reported once for everything that waits for it.
 */
export async function surroundingsProblems(
  args: DynamoDBReplicatorArgs,
  { accountId, ownTag }: StackIdentity,
  options: pulumi.InvokeOptions,
): Promise<readonly ArgumentProblem[]> {
  const { region } = await aws.getRegion({}, options);
  const wrongAccount = await accountProblems(accountId, options);
  // In another account nothing else would be as it should.
  if (wrongAccount.length > 0) return wrongAccount;
  const { existingBucketName: bucket, existingBucketOwner } = args.exportBucket ?? {};
  const { passwordSecretArn, urlSecretArn } = args.destination.postgres ?? {};
  const { clusterArn } = args.task ?? {};
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
      ? [['exportBucket', () => findReachableBucket(bucket, region, options)] as const]
      : []),
    ...Object.entries({ passwordSecretArn, urlSecretArn }).flatMap(([key, secret]) =>
      typeof secret === 'string' ? [[`destination.${key}`, () => findSecret(secret, options)] as const] : [],
    ),
    ...(typeof clusterArn === 'string' && regionOf(clusterArn) === region
      ? [['task.clusterArn', () => findCluster(clusterArn, options)] as const]
      : []),
    ['network', () => findWholeNetwork(args, region, ownTag, options)],
  ];
  const found = await Promise.all(checks.map(([argument, check]) => problemOf(argument, check)));
  return [
    ...regionProblems(args, region),
    ...contextProblems(args.image.build?.context),
    ...found.filter((problem) => problem !== undefined),
  ];
}

const regionOf = (arn: string): string | undefined => arn.split(':')[3];

/** What has to be in the stack's own region. */
function regionProblems(
  { exportBucket, task, monitoring }: DynamoDBReplicatorArgs,
  region: string,
): readonly ArgumentProblem[] {
  const named: Readonly<Record<string, unknown>> = {
    'exportBucket.kmsKeyArn': exportBucket?.kmsKeyArn,
    'task.clusterArn': task?.clusterArn,
    'task.logKmsKeyArn': task?.logKmsKeyArn,
    'monitoring.alarmTopicArn': monitoring?.alarmTopicArn,
    'monitoring.topicKmsKeyArn': monitoring?.topicKmsKeyArn,
  };
  return Object.entries(named).flatMap(([argument, arn]) =>
    typeof arn !== 'string' || regionOf(arn) === region
      ? []
      : [{ argument, problem: `it is in ${regionOf(arn)} and has to be in ${region}, as the stack is` }],
  );
}

/** Pulumi starts the program and Docker's plugin in one folder. */
function contextProblems(context: string | undefined): readonly ArgumentProblem[] {
  if (context === undefined || existsSync(join(context, 'Dockerfile'))) return [];
  const problem = `there is no Dockerfile in ${context}, seen from ${process.cwd()}: name a checkout of this repository, or leave it out`;
  return [{ argument: 'image.build.context', problem }];
}

/** The network, and its endpoints where they have to be there. */
async function findWholeNetwork(
  { network: { vpcId, subnetIds, ...network }, image, access }: DynamoDBReplicatorArgs,
  region: string,
  ownTag: StackIdentity['ownTag'],
  options: pulumi.InvokeOptions,
): Promise<void> {
  const found = await findNetwork(
    // A configuration has no outputs in it.
    { ...network, vpcId: vpcId as string | undefined, subnetIds: subnetIds as string[] | undefined },
    options,
  );
  requireReachableImage(image.uri, region, found);
  if (network.endpoints === Endpoints.Create) await refuseSecondGateways(found, region, ownTag, options);
  if (network.endpoints !== Endpoints.Existing) return;
  const needs = endpointNeeds(image.uri, access?.sourceRole !== undefined);
  await findEndpoints(found, region, needs, options);
}

/** Through VPC endpoints only ECR of the same region is reached. @throws UnsuitableResource */
function requireReachableImage(uri: string | undefined, region: string, { vpcId, hasWayOut }: Subnets): void {
  if (uri === undefined || hasWayOut || regionOfEcr(uri) === region) return;
  throw new UnsuitableResource(
    `VPC ${vpcId}`,
    `image.uri: the subnets have no route to the internet, so that the image can only come from ECR in ${region}: copy it ` +
      `there, or have it built with image.build`,
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
    `the credentials are of account ${caller.accountId} (${caller.arn}), and this stack belongs to ${accountId}: choose others ` +
    `(AWS_PROFILE, or pulumi config set aws:profile NAME)`;
  return [{ argument: 'accountId', problem }];
}
