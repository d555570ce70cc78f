import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { LabClock, LabTable, TableOptions } from './check';
import { TAG, tableName } from './names';
import { type Patience, ready } from './until';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** A new table is ACTIVE after seconds, and recovery is on after seconds to minutes. */
const PATIENCE = { everyMs: 2 * SECOND, longestMs: 10 * MINUTE };

interface TableMaker {
  readonly dynamodb: DynamoDBClient;
  readonly clock: LabClock;
  readonly suffix: string;
}

/** Creates a table of the run, or finds it. @throws NotReady, and what AWS throws */
export async function makeTable(
  { dynamodb, clock, suffix }: TableMaker,
  part: string,
  { stream, recovery = false, timeToLive, isAwaited = true }: TableOptions,
): Promise<LabTable> {
  const TableName = tableName(suffix, part);
  const patience: Patience = { ...PATIENCE, now: () => clock.now(), sleep: (ms) => clock.sleep(ms) };
  const found = await describe(dynamodb, TableName);
  const created = found ?? (await create(dynamodb, { TableName, suffix, stream }));
  if (!isAwaited) return labTable(created);
  const table = await ready(
    async () => {
      const described = await describe(dynamodb, TableName);
      return described?.TableStatus === 'ACTIVE' ? described : undefined;
    },
    `table ${TableName} is not ACTIVE`,
    patience,
  );
  if (timeToLive !== undefined && found === undefined)
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName,
        TimeToLiveSpecification: { AttributeName: timeToLive, Enabled: true },
      }),
    );
  if (recovery) await turnOnRecovery(dynamodb, TableName, patience);
  return labTable(table);
}

async function create(
  dynamodb: DynamoDBClient,
  {
    TableName,
    suffix,
    stream,
  }: { readonly TableName: string; readonly suffix: string; readonly stream: TableOptions['stream'] },
): Promise<TableDescription> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      Tags: [{ Key: TAG, Value: suffix }],
      ...(stream !== undefined && {
        StreamSpecification: { StreamEnabled: true, StreamViewType: stream },
      }),
    }),
  );
  return TableDescription ?? {};
}

/** AWS refuses it for a while after a table was created (assumption E14). */
async function turnOnRecovery(
  dynamodb: DynamoDBClient,
  TableName: string,
  patience: Patience,
): Promise<void> {
  await ready(
    async () => {
      const described = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
      const recovery = described.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') return true;
      const specification = { PointInTimeRecoveryEnabled: true };
      await dynamodb
        .send(
          new UpdateContinuousBackupsCommand({
            TableName,
            PointInTimeRecoverySpecification: specification,
          }),
        )
        .catch((error: Error) => {
          if (error.name !== 'ContinuousBackupsUnavailableException') throw error;
        });
      return undefined;
    },
    `point-in-time recovery of table ${TableName} is off`,
    patience,
  );
}

/** @returns undefined if there is no such table */
export async function describe(
  dynamodb: DynamoDBClient,
  TableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

function labTable({
  TableName = '',
  TableArn = '',
  LatestStreamArn,
  StreamSpecification,
}: TableDescription): LabTable {
  return {
    name: TableName,
    arn: TableArn,
    streamArn: StreamSpecification?.StreamEnabled === true ? LatestStreamArn : undefined,
  };
}
