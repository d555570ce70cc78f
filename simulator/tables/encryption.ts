import type { Input } from './request';
import { optionalEnum, optionalFlag, optionalStructure, optionalText } from './request';
import { invalid } from './invalid';

/** SSESpecification: the key that encrypts a table. It is described but has no effect. */
export interface Encryption {
  readonly isEnabled: boolean;
  readonly keyId: string | undefined;
}

/** @throws ServiceError ValidationException */
export function readEncryption(input: Input): Encryption | undefined {
  const given = optionalStructure(input, 'SSESpecification');
  if (!given) return undefined;
  const isEnabled = optionalFlag(given, 'Enabled') ?? false;
  const type = optionalEnum(given, 'SSEType', ['AES256', 'KMS']);
  const keyId = optionalText(given, 'KMSMasterKeyId');
  if (type === 'AES256') throw invalid('SSEType AES256 is not supported. Please use KMS instead');
  if (!isEnabled && (type || keyId !== undefined)) {
    throw invalid('SSESpecification has a key, so Enabled must be true');
  }
  return { isEnabled, keyId };
}

/** The SSEDescription of a table; undefined for a key that DynamoDB owns, which AWS does not describe. */
export function describedEncryption(
  encryption: Encryption | undefined,
  { region, accountId }: { readonly region: string; readonly accountId: string },
): object | undefined {
  if (!encryption?.isEnabled) return undefined;
  const { keyId = 'alias/aws/dynamodb' } = encryption;
  const prefix = `arn:aws:kms:${region}:${accountId}:`;
  const name = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  return {
    Status: 'ENABLED',
    SSEType: 'KMS',
    KMSMasterKeyArn: keyId.startsWith('arn:') ? keyId : prefix + name,
  };
}
