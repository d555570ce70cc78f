import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Item } from '../item/attribute-value';
import { readItem } from '../item/item-reader';
import { callAws } from './call';
import { cliFlags } from './cli-command';
import { clientConfig } from './connection';
import { inEnvironment, serverOf } from './environment';
import { type AwsSettings, DEFAULT_SETTINGS } from './settings';

export interface Sample {
  readonly items: readonly Item[];
  /** Read units that DynamoDB has counted; `undefined` where it does not say. */
  readonly readUnits: number | undefined;
}

/**
 * The first items of a table that one Scan gives: at most `limit`, and at most 1 MB of them. The replicator itself never scans; this is
 * for planning, by whoever may. @throws AwsFault
 */
export async function sampleItems(
  table: string,
  limit: number,
  given: Partial<AwsSettings> & { readonly region: string },
): Promise<Sample> {
  const settings: AwsSettings = { ...DEFAULT_SETTINGS, ...(await inEnvironment(given)) };
  const client = new DynamoDBClient(clientConfig(settings));
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
