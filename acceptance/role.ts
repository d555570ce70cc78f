import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, PutRolePolicyCommand, type IAMClient } from '@aws-sdk/client-iam';
import {
  exportReaderStatements,
  exportWriterStatements,
  keyStatements,
  tableStatements,
} from '../infra/plan/iam/statements';
import { AwsFault } from '../runtime/aws/faults';
import { nameOf, TAG, tableName, tablePrefix } from './names';
import { isRefusal } from './refusals';
import { type Patience, ready } from './until';

const SECOND = 1_000;

/** IAM is eventually consistent: a new role can be used after some seconds. */
const PATIENCE = { everyMs: 3 * SECOND, longestMs: 3 * 60 * SECOND };

export const POLICY_NAME = 'replicator';

/** Where a run's resources are. */
export interface Place {
  readonly suffix: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

export const roleArn = ({ suffix, account, partition }: Place): string =>
  `arn:${partition}:iam::${account}:role/${nameOf(suffix)}`;

/** What a replicator of all the run's tables may do: the statements of the package's own roles, with heal. */
export function policyOf({ suffix, region, account, partition }: Place): string {
  const table = {
    arn: `arn:${partition}:dynamodb:${region}:${account}:table/${tablePrefix(suffix)}*`,
    keyAttributes: ['pk'],
  };
  const exports = { arn: `arn:${partition}:s3:::${nameOf(suffix)}` };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      ...tableStatements([table]),
      ...keyStatements([table]),
      ...exportWriterStatements(exports),
      ...exportReaderStatements(exports),
    ],
  });
}

/** The role may be assumed by whoever in the account may assume roles. */
export function trustOf({ account, partition }: Place): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'sts:AssumeRole',
      },
    ],
  });
}

/** Creates the role, unless an earlier process has. */
export async function makeRole(iam: IAMClient, place: Place): Promise<void> {
  const RoleName = nameOf(place.suffix);
  const command = new CreateRoleCommand({
    RoleName,
    AssumeRolePolicyDocument: trustOf(place),
    Description: 'Temporary, of npm run acceptance of dynamodb-replicator',
    Tags: [{ Key: TAG, Value: place.suffix }],
  });
  await iam.send(command).catch((error: Error) => {
    if (error.name !== 'EntityAlreadyExistsException') throw error;
  });
  const PolicyDocument = policyOf(place);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY_NAME, PolicyDocument }));
}

/** Waits until the role can be assumed and its policy is in force. @param dynamodb with the role's credentials @throws NotReady */
export async function untilUsable(
  dynamodb: DynamoDBClient,
  { suffix }: Place,
  time: Pick<Patience, 'now' | 'sleep'>,
): Promise<void> {
  const TableName = tableName(suffix, 'none');
  await ready(
    async () => {
      try {
        await dynamodb.send(new DescribeTableCommand({ TableName }));
        return true;
      } catch (error) {
        // The role may ask about that table, which does not exist.
        if ((error as Error).name === 'ResourceNotFoundException') return true;
        // An AwsFault is of AssumeRole.
        if (error instanceof AwsFault || isRefusal(error)) return undefined;
        throw error;
      }
    },
    `role ${nameOf(suffix)} cannot be used`,
    { ...PATIENCE, ...time },
  );
}
