import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item/attribute-value';
import { readItem } from '../item/item-reader';
import { callAws } from './call';
import { cliFlags } from './cli-command';
import { clientConfig } from './connection';
import { serverOf } from './endpoints';
import { inEnvironment } from './environment';
import { type AwsSettings, DEFAULT_SETTINGS } from './settings';

export interface Sample {
  readonly items: readonly Item[];
  /** Read units as counted by DynamoDB; `undefined` if it reports none. */
  readonly readUnits: number | undefined;
}

/**
 * The first items of a table, read with one Scan: at most `limit`, and at most 1 MB. Only planning uses it; the replicator never
 * scans. @throws AwsFault
 */
export async function sampleItems(
  table: string,
  limit: number,
  given: Partial<AwsSettings> & { readonly region: string },
): Promise<Sample> {
  const settings: AwsSettings = { ...DEFAULT_SETTINGS, ...(await inEnvironment(given)) };
  const client = new DynamoDBClient(clientConfig(settings, 'dynamodb'));
  const context = { ...cliFlags(settings, given.region), server: serverOf(settings, 'dynamodb'), table };
  try {
    return await callAws('Scan', context, settings.timeouts.callMs, undefined, async (abortSignal) => {
      const command = new ScanCommand({ TableName: table, Limit: limit, ReturnConsumedCapacity: 'TOTAL' });
      const { Items = [], ConsumedCapacity } = await client.send(command, { abortSignal });
      return { items: Items.map(readItem), readUnits: ConsumedCapacity?.CapacityUnits };
    });
  } finally {
    client.destroy();
  }
}
