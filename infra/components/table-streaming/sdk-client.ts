import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { TableClient } from '../../plan/table-streaming/client';
import type { Connection, Keys } from '../../plan/table-streaming/connection';
import { endpoint, loadSts, signingOf } from './sdk-credentials';

/** For Pulumi: keep these functions as text, not the path to this file, which the package does not export. @public */
export const deploymentOnlyModule = true;

/**
 * The client on the AWS SDK, which is loaded only when it is used: Pulumi stores this function as text, and cannot store
 * a package. Credentials and endpoints are the provider's, or else those of the environment that `pulumi` runs in.
 */
export function sdkClient(region: string, connection: Connection, keys: Keys): TableClient {
  // Turns off the SDK's notice about Node 20, which would appear between the lines of `pulumi up`.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // oxlint-disable-next-line typescript/no-require-imports -- Pulumi would store a top-level import as text too
  const sdk = require('@aws-sdk/client-dynamodb') as typeof Sdk;
  const signing = signingOf(region, connection, keys);
  const client = new sdk.DynamoDBClient({ region, ...signing, ...endpoint(connection.endpoints?.dynamodb) });
  const specify = async (
    table: string,
    specification: { StreamEnabled: boolean; StreamViewType?: string },
  ) => {
    await client.send(
      new sdk.UpdateTableCommand({
        TableName: table,
        StreamSpecification: specification as Sdk.StreamSpecification,
      }),
    );
  };
  return {
    describe: async (table) => {
      const { Table } = await client.send(new sdk.DescribeTableCommand({ TableName: table }));
      return {
        status: Table?.TableStatus ?? 'unknown',
        arn: Table?.TableArn ?? '',
        stream: {
          enabled: Table?.StreamSpecification?.StreamEnabled ?? false,
          viewType: Table?.StreamSpecification?.StreamViewType,
          arn: Table?.LatestStreamArn,
        },
        replicas: Table?.Replicas?.length ?? 0,
      };
    },
    callerAccount: async () => {
      const { STSClient, GetCallerIdentityCommand } = loadSts();
      const place = { region: connection.stsRegion ?? region, ...endpoint(connection.endpoints?.sts) };
      const { Account } = await new STSClient({ ...place, ...signing }).send(
        new GetCallerIdentityCommand({}),
      );
      return Account ?? '';
    },
    describeRecovery: async (table) => {
      const { ContinuousBackupsDescription: found } = await client.send(
        new sdk.DescribeContinuousBackupsCommand({ TableName: table }),
      );
      return { enabled: found?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED' };
    },
    enableStream: (table, viewType) => specify(table, { StreamEnabled: true, StreamViewType: viewType }),
    disableStream: (table) => specify(table, { StreamEnabled: false }),
    enableRecovery: async (table) => {
      await client.send(
        new sdk.UpdateContinuousBackupsCommand({
          TableName: table,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      );
    },
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}
