import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { awsCommand } from '../../runtime/aws/cli-command';
import { cliFlags, cliFlagsIn } from './place';
import { UnsuitableResource } from '../errors';
import { wholeSecret } from '../plan/iam/statements';
import { requireSuitable, tableNotFound } from '../plan/table-requirements';

/** Looks up the resources that the arguments name. If one is missing, the error names the argument and the fix. */

/**
 * Looks up a table.
 * @param suitable whether its stream and recovery must already be on
 * @throws UnsuitableResource
 */
export async function findTable(
  name: string,
  region: string,
  suitable: boolean,
  options: pulumi.InvokeOptions,
): Promise<aws.dynamodb.GetTableResult> {
  const table = await aws.dynamodb.getTable({ name }, options).catch((error: unknown) => {
    throw tableNotFound(name, cliFlagsIn(region), (error as Error).message);
  });
  if (suitable) {
    const facts = {
      name,
      streamEnabled: table.streamEnabled,
      streamViewType: table.streamViewType,
      recoveryEnabled: table.pointInTimeRecovery.enabled,
    };
    requireSuitable(facts, cliFlagsIn(region));
  }
  return table;
}

/**
 * Looks up a table that the program manages and that exists.
 * @throws UnsuitableResource if the provider of the look-up does not find this table under its name
 */
export async function findManagedTable(
  arn: string,
  options: pulumi.InvokeOptions,
): Promise<aws.dynamodb.GetTableResult> {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const table = await aws.dynamodb.getTable({ name }, options).catch((error: unknown) => {
    throw new UnsuitableResource(
      `table ${arn}`,
      `the replicator’s AWS provider cannot read it (${(error as Error).message}). Give both the same provider, or run ` +
        'pulumi refresh if the table was deleted outside of Pulumi',
    );
  });
  if (table.arn === arn) return table;
  throw new UnsuitableResource(
    `table ${arn}`,
    `the replicator’s AWS provider has another table of that name, ${table.arn}. Give both the same provider`,
  );
}

/**
 * The key that encrypts a table if its customer manages it, else the given one. Empty without either: AWS's own keys need no
 * permission.
 * @param described the key in the table's description
 * @param given the key in the arguments
 */
export async function customerKey(
  table: string,
  described: string | undefined,
  given: string | undefined,
  options: pulumi.InvokeOptions,
): Promise<string> {
  const found = described ? await customerManaged(described, options) : '';
  // The table may get the given key only later.
  if (found === '') return given ?? '';
  if (given !== undefined && given !== found)
    void pulumi.log.warn(
      `Table ${table} is encrypted with ${found}: its kmsKeyArn ${given} is ignored. Remove or change it`,
    );
  return found;
}

async function customerManaged(keyId: string, options: pulumi.InvokeOptions): Promise<string> {
  try {
    const { keyManager } = await aws.kms.getKey({ keyId }, options);
    return keyManager === 'AWS' ? '' : keyId;
  } catch (error) {
    // The owner of a key may not let others describe it. A permission for a key of AWS's would do no harm.
    void pulumi.log.warn(
      `Key ${keyId} could not be checked (${(error as Error).message}); it is taken for a customer’s`,
    );
    return keyId;
  }
}

/** An existing bucket, as the arguments describe it. */
export interface NamedBucket {
  readonly bucket: string;
  /** Key that encrypts the exports. */
  readonly kmsKeyArn: string | undefined;
}

/** Looks up a bucket of this account in any region: DynamoDB can export to other regions. @throws UnsuitableResource */
export async function findBucket(
  { bucket, kmsKeyArn }: NamedBucket,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<aws.s3.GetBucketResult> {
  const found = await aws.s3.getBucket({ bucket }, options).catch((error: unknown) => {
    throw new UnsuitableResource(
      `bucket ${bucket}`,
      `it cannot be read (${(error as Error).message}). Check exportBucket.existingBucketName, or remove it to ` +
        `create a bucket; ${awsCommand(cliFlagsIn(region), 's3 ls')} lists the buckets`,
    );
  });
  const keyRegion = kmsKeyArn?.split(':')[3];
  if (keyRegion === undefined || keyRegion === found.bucketRegion) return found;
  throw new UnsuitableResource(
    `bucket ${bucket}`,
    `it is in ${found.bucketRegion}, but exportBucket.kmsKeyArn is in ${keyRegion}, and S3 uses only keys of the bucket’s ` +
      `region: name a key in ${found.bucketRegion}`,
  );
}

/** Looks up a bucket of this region: VPC endpoints reach no other. @throws UnsuitableResource */
export async function findBucketOfRegion(
  named: NamedBucket,
  region: string,
  options: pulumi.InvokeOptions,
): Promise<void> {
  const { bucketRegion } = await findBucket(named, region, options);
  if (bucketRegion === region) return;
  throw new UnsuitableResource(
    `bucket ${named.bucket}`,
    `it is in ${bucketRegion}, but VPC endpoints (network.endpoints) only reach buckets in ${region}: set ` +
      `exportBucket.existingBucketName to a bucket in ${region}, or remove it to create one`,
  );
}

/** Looks up the destination's secret. @throws UnsuitableResource if it does not exist; if it may not be read here, only warns */
export async function findSecret(arnOrPart: string, options: pulumi.InvokeOptions): Promise<void> {
  const arn = wholeSecret(arnOrPart);
  await aws.secretsmanager.getSecret({ arn }, options).catch((error: unknown) => {
    const { message } = error as Error;
    if (!isNotFound(message)) return pulumi.log.warn(`Secret ${arn} could not be checked: ${message}`);
    const list = awsCommand(cliFlagsIn(arn.split(':')[3] ?? ''), 'secretsmanager list-secrets');
    throw new UnsuitableResource(
      `secret ${arn}`,
      `it does not exist (${message}); ${list} lists the secrets`,
    );
  });
}

/** Looks up an ECS cluster. @throws UnsuitableResource */
export async function findCluster(arn: string, options: pulumi.InvokeOptions): Promise<void> {
  const clusterName = arn.slice(arn.lastIndexOf('/') + 1);
  const found = await aws.ecs.getCluster({ clusterName }, options).catch(async (error: unknown) => {
    const list = awsCommand(await cliFlags(options), 'ecs list-clusters');
    throw new UnsuitableResource(
      `cluster ${clusterName}`,
      `it cannot be read (${(error as Error).message}); ${list} lists the clusters. Without task.clusterArn, one is created`,
    );
  });
  if (found.arn === arn && found.status === 'ACTIVE') return;
  throw new UnsuitableResource(
    `cluster ${clusterName}`,
    `the cluster of that name is ${found.arn}, ${found.status}: name an active cluster of this account`,
  );
}

/** A service after its deployment. */
interface DeployedService {
  readonly clusterArn: string;
  readonly serviceName: string;
  /** ARN of the task definition that was deployed. */
  readonly expected: string;
}

/**
 * Requires that a service runs the deployed task definition. ECS rolls a failed deployment back and is then steady, which the
 * provider reports as a success (pulumi/pulumi-aws#4487).
 * @throws UnsuitableResource
 */
export async function requireDeployed(
  { clusterArn, serviceName, expected }: DeployedService,
  options: pulumi.InvokeOptions,
): Promise<void> {
  const { taskDefinition } = await aws.ecs.getService({ clusterArn, serviceName }, options);
  if (taskDefinition === expected) return;
  const flags = await cliFlags(options);
  const stopped = awsCommand(
    flags,
    `ecs list-tasks --cluster ${clusterArn} --service-name ${serviceName} --desired-status STOPPED`,
  );
  const again = awsCommand(
    flags,
    `ecs update-service --cluster ${clusterArn} --service ${serviceName} --task-definition ${expected} --force-new-deployment`,
  );
  throw new UnsuitableResource(
    `service ${serviceName}`,
    `it runs ${taskDefinition} instead of ${expected}: its new tasks ended, and ECS rolled the deployment back. The log and ` +
      `${stopped} show why. Fix the cause; if that changes nothing of the stack, deploy again: ${again}`,
  );
}

/** Whether a lookup failed because there is no such resource; matches the wording of HashiCorp's provider. */
export function isNotFound(message: string): boolean {
  return /couldn't find resource|not ?found|no matching|ResourceNotFoundException/i.test(message);
}
