import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { TableClient } from '../../plan/table-streaming/client';

/**
 * The client on the AWS SDK, which is loaded only when it is used: Pulumi stores this function as text, and cannot store
 * a package. Credentials and endpoint come from the environment that `pulumi` runs in.
 */
export function sdkClient(region: string): TableClient {
  // Turns off the SDK's notice about Node 20, which would appear between the lines of `pulumi up`.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // oxlint-disable-next-line typescript/no-require-imports -- Pulumi would store a top-level import as text too
  const sdk = require('@aws-sdk/client-dynamodb') as typeof Sdk;
  const client = new sdk.DynamoDBClient({ region });
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
        stream: {
          enabled: Table?.StreamSpecification?.StreamEnabled ?? false,
          viewType: Table?.StreamSpecification?.StreamViewType,
          arn: Table?.LatestStreamArn,
        },
        replicas: Table?.Replicas?.length ?? 0,
      };
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
