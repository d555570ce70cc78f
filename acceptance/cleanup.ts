import {
  DeleteTableCommand,
  type DynamoDBClient,
  ListTablesCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandInput,
  type ListMultipartUploadsCommandOutput,
  ListObjectVersionsCommand,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Clients } from './clients';
import { CleanupIncomplete } from './errors';
import { awayNameOf, nameOf, tablePrefix } from './names';
import { permitted } from './refusals';
import { describe } from './tables';
import { type Patience, ready } from './until';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** An export that is still written fills the bucket again, and AWS may refuse to delete a table meanwhile. */
const PATIENCE = { everyMs: 5 * SECOND, longestMs: 20 * MINUTE };

/** How long `cleanUp` takes at most: everything at once, each with the same patience. */
export const LONGEST_CLEANUP_MS = PATIENCE.longestMs + 5 * MINUTE;

/**
 * Deletes everything that a run with this suffix made, found by its name. Harmless if nothing is there.
 * @param command that does the same, for the error
 * @returns what was deleted
 * @throws CleanupIncomplete after it has tried everything, or the clients' abort reason
 */
export async function cleanUp(
  { dynamodb, s3, s3Away, iam }: Pick<Clients, 'dynamodb' | 's3' | 's3Away' | 'iam'>,
  suffix: string,
  { time, command }: { readonly time: Pick<Patience, 'now' | 'sleep'>; readonly command: string },
): Promise<readonly string[]> {
  const patience = { ...PATIENCE, ...time };
  const outcomes = await Promise.allSettled([
    deleteTables(dynamodb, suffix, patience),
    deleteBucket(s3, nameOf(suffix), patience),
    deleteBucket(s3Away, awayNameOf(suffix), patience),
    deleteRole(iam, nameOf(suffix)),
  ]);
  const failures = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason as Error] : [],
  );
  if (failures.length > 0)
    throw new CleanupIncomplete(
      failures.map(({ message }) => message),
      command,
    );
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
}

/** @returns undefined instead of the error with one of these names */
async function unless<Result>(names: readonly string[], call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (names.includes((error as Error).name)) return undefined;
    throw error;
  }
}

async function deleteTables(
  dynamodb: DynamoDBClient,
  suffix: string,
  patience: Patience,
): Promise<readonly string[]> {
  const names = await permitted('dynamodb:ListTables', () => tablesOf(dynamodb, suffix));
  await Promise.all(names.map((name) => deleteTable(dynamodb, name, patience)));
  return names.map((name) => `table ${name}`);
}

async function tablesOf(dynamodb: DynamoDBClient, suffix: string): Promise<readonly string[]> {
  const prefix = tablePrefix(suffix);
  const names: string[] = [];
  // Names are listed in order, and none equals the prefix.
  let after: string | undefined = prefix;
  do {
    const page: { TableNames?: string[]; LastEvaluatedTableName?: string } = await dynamodb.send(
      new ListTablesCommand({ ExclusiveStartTableName: after }),
    );
    const listed = page.TableNames ?? [];
    names.push(...listed.filter((name) => name.startsWith(prefix)));
    after = listed.every((name) => name.startsWith(prefix)) ? page.LastEvaluatedTableName : undefined;
  } while (after !== undefined);
  return names;
}

async function deleteTable(dynamodb: DynamoDBClient, TableName: string, patience: Patience): Promise<void> {
  // With recovery on, DynamoDB would keep a backup of the deleted table for 35 days. It costs nothing, so a refusal is no failure.
  await dynamodb
    .send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      }),
    )
    .catch(() => undefined);
  await ready(
    async () => {
      const table = await permitted('dynamodb:DescribeTable', () => describe(dynamodb, TableName));
      if (table === undefined) return true;
      if (table.TableStatus !== 'DELETING')
        await permitted('dynamodb:DeleteTable', () =>
          // It may be created, changed, or exported right now.
          unless(
            ['ResourceInUseException', 'ResourceNotFoundException', 'LimitExceededException'],
            dynamodb.send(new DeleteTableCommand({ TableName })),
          ),
        );
      return undefined;
    },
    `table ${TableName} is still there`,
    patience,
  );
}

/** Wherever it is: the client follows redirects to its region. */
async function deleteBucket(s3: S3Client, Bucket: string, patience: Patience): Promise<readonly string[]> {
  const gone = ['NoSuchBucket'];
  let objects = 0;
  let wasThere = true;
  await ready(
    async () => {
      const emptied = await unless(gone, emptyBucket(s3, Bucket));
      if (emptied === undefined) {
        // It is gone since the last turn, or was never there.
        wasThere &&= objects > 0;
        return true;
      }
      objects += emptied;
      return permitted('s3:DeleteBucket', async () => {
        const command = new DeleteBucketCommand({ Bucket });
        return (await unless(['BucketNotEmpty'], s3.send(command))) === undefined ? undefined : true;
      });
    },
    `bucket ${Bucket} is not empty, as something still writes into it`,
    patience,
  );
  return wasThere ? [`bucket ${Bucket} with ${objects} objects`] : [];
}

/** Deletes all versions, and ends all uploads. @returns the number of versions */
async function emptyBucket(s3: S3Client, Bucket: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    // Always the first page, as each page is deleted.
    const { Versions = [], DeleteMarkers = [] } = await permitted('s3:ListBucketVersions', () =>
      s3.send(new ListObjectVersionsCommand({ Bucket })),
    );
    const found = [...Versions, ...DeleteMarkers];
    if (found.length === 0) break;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await permitted('s3:DeleteObject', () =>
      s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } })),
    );
    for (const { Code: name, Message } of Errors)
      await permitted('s3:DeleteObjectVersion', () =>
        Promise.reject(Object.assign(new Error(`an object was not deleted: ${Message}`), { name })),
      );
    deleted += found.length;
  }
  const uploads = await permitted('s3:ListBucketMultipartUploads', () => uploadsInto(s3, Bucket));
  for (const { Key, UploadId } of uploads)
    await permitted('s3:AbortMultipartUpload', () =>
      unless(['NoSuchUpload'], s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))),
    );
  return deleted;
}

/** From all pages. */
async function uploadsInto(s3: S3Client, Bucket: string): Promise<readonly MultipartUpload[]> {
  const uploads: MultipartUpload[] = [];
  let after: Pick<ListMultipartUploadsCommandInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (after !== undefined) {
    const page: ListMultipartUploadsCommandOutput = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, ...after }),
    );
    uploads.push(...(page.Uploads ?? []));
    after =
      page.IsTruncated === true
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
  }
  return uploads;
}

async function deleteRole(iam: IAMClient, RoleName: string): Promise<readonly string[]> {
  const gone = ['NoSuchEntityException', 'NoSuchEntity'];
  const listed = await permitted('iam:ListRolePolicies', () =>
    unless(gone, iam.send(new ListRolePoliciesCommand({ RoleName }))),
  );
  if (listed === undefined) return [];
  for (const PolicyName of listed.PolicyNames ?? [])
    await permitted('iam:DeleteRolePolicy', () =>
      unless(gone, iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))),
    );
  await permitted('iam:DeleteRole', () => unless(gone, iam.send(new DeleteRoleCommand({ RoleName }))));
  return [`role ${RoleName}`];
}
