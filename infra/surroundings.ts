import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import { Endpoints, TableManagement } from './arguments/choices';
import type { DynamoDBReplicatorArgs } from './arguments/replicator';
import { type ArgumentProblem, UnsuitableResource } from './errors';
import { findBucket, findTable } from './lookups';
import { endpointNeeds } from './network/endpoint-services';
import { findEndpoints } from './network/endpoints';
import { findNetwork } from './network/subnets';

/**
 * Looks at what a stack's configuration names, all of it, before anything is registered: the components look too, each at its own,
 * but an output that fails there is told once for everything that waits for it.
 * @param accountId the account that the stack belongs to; `undefined`: any
 */
export async function surroundingsProblems(
  args: DynamoDBReplicatorArgs,
  accountId: string | undefined,
  options: pulumi.InvokeOptions,
): Promise<readonly ArgumentProblem[]> {
  const { region } = await aws.getRegion({}, options);
  const wrongAccount = await accountProblems(accountId, options);
  // In another account nothing else would be as it should.
  if (wrongAccount.length > 0) return wrongAccount;
  const { existingBucketName: bucket, existingBucketOwner } = args.exportBucket ?? {};
  const looks: readonly (readonly [argument: string, look: () => Promise<unknown>])[] = [
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
      ? [['exportBucket', () => findBucket(bucket, region, options)] as const]
      : []),
    ['network', () => findWholeNetwork(args, region, options)],
  ];
  const found = await Promise.all(looks.map(([argument, look]) => problemOf(argument, look)));
  return found.filter((problem) => problem !== undefined);
}

/** The network, and its endpoints where they have to be there. */
async function findWholeNetwork(
  { network: { vpcId, subnetIds, ...network }, image, access }: DynamoDBReplicatorArgs,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<void> {
  const found = await findNetwork(
    // A configuration has no outputs in it.
    { ...network, vpcId: vpcId as string | undefined, subnetIds: subnetIds as string[] | undefined },
    options,
  );
  if (network.endpoints !== Endpoints.Existing) return;
  const needs = endpointNeeds(image.uri, access?.sourceRole !== undefined);
  await findEndpoints(found.vpcId, region, needs, options);
}

async function problemOf(
  argument: string,
  look: () => Promise<unknown>,
): Promise<ArgumentProblem | undefined> {
  try {
    await look();
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
