import type * as Sdk from '@aws-sdk/client-dynamodb';
import type { TableClient } from '../../plan/table-streaming/client';

/**
 * The client over the AWS SDK, which is loaded only when it is used: Pulumi keeps this function as text, and cannot keep
 * a package. Credentials and endpoint are those of the environment that `pulumi` runs in.
 */
export function sdkClient(region: string): TableClient {
  // The SDK's own switch for its notice about Node 20, which would stand between the lines of `pulumi up`.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  // oxlint-disable-next-line typescript/no-require-imports -- a top-level import would be kept as text too
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
