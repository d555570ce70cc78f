import type { AwsServices, SourceTable } from '../../aws/services';
import type { AttributeValue, Item, KeyAttribute } from '../../item/attribute-value';
import { keyAttributes } from '../../item/item-key';

/** Reads a key that need not exist, since what is asked for is the permission. @throws AwsFault that names the missing permission */
export async function requireKeyPermission(
  aws: AwsServices,
  { name, keySchema }: Pick<SourceTable, 'name' | 'keySchema'>,
  signal: AbortSignal,
): Promise<void> {
  await aws.readKeys(name, [anyKey(keyAttributes(keySchema))], signal);
}

function anyKey(attributes: readonly KeyAttribute[]): Item {
  const values: Record<KeyAttribute['type'], AttributeValue> = {
    S: { S: 'dynamodb-replicator' },
    N: { N: '0' },
    B: { B: Uint8Array.of(0) },
  };
  return new Map(attributes.map(({ name, type }) => [name, values[type]]));
}
