import { BatchWriteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Lab, LabTable } from '../check';
import { until } from '../until';

/** When something was written: after it was requested, before it was answered. Epoch ms of this machine. */
export interface Write {
  readonly requestedAt: number;
  readonly answeredAt: number;
}

/** An item of a check: a key and the number of its write. */
export const numbered = (pk: string, n: number) => ({ pk: { S: pk }, n: { N: String(n) } });

/** Puts one item. `date`: AWS's time of the answer, in whole seconds as epoch ms. */
export async function put(
  lab: Lab,
  table: LabTable,
  pk: string,
  n: number,
  attributes: Readonly<Record<string, { N: string }>> = {},
): Promise<Write & { readonly date: number | undefined }> {
  const requestedAt = lab.clock.now();
  const output = await lab.dynamodb.send(
    new PutItemCommand({ TableName: table.name, Item: { ...numbered(pk, n), ...attributes } }),
  );
  return { requestedAt, answeredAt: lab.clock.now(), date: lab.dateOf(output) };
}

/**
 * Puts at most 25 items.
 * @throws Error if AWS has not taken all of them after a minute
 */
export async function putAll(lab: Lab, table: LabTable, keys: readonly string[], n: number): Promise<Write> {
  const requestedAt = lab.clock.now();
  let requests = keys.map((pk) => ({ PutRequest: { Item: numbered(pk, n) } }));
  const taken = await until(lab, { everyMs: 200, atMostMs: 60_000 }, async () => {
    const { UnprocessedItems } = await lab.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table.name]: requests } }),
    );
    requests = (UnprocessedItems?.[table.name] ?? []) as typeof requests;
    return requests.length === 0 || undefined;
  });
  if (taken === undefined) throw new Error(`AWS left ${requests.length} writes unprocessed for a minute`);
  return { requestedAt, answeredAt: lab.clock.now() };
}
