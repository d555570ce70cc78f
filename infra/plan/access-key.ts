import { UnsuitableResource } from '../errors';

/**
 * The text of the secret that keeps an access key.
 * @param secretAccessKey AWS returns it only when it creates a key, so an imported key has none
 * @throws UnsuitableResource for a key without it, as the stored secret would be useless
 */
export function keptKey(accessKeyId: string, secretAccessKey: string | undefined): string {
  if (secretAccessKey) return JSON.stringify({ accessKeyId, secretAccessKey });
  throw new UnsuitableResource(
    `access key ${accessKeyId}`,
    'it was imported, but AWS returns the secret of a key only when it creates it. Take the key out of the stack (pulumi state ' +
      'delete URN; pulumi stack --show-urns lists the URNs), and let the stack create another one, or set accessKey: false',
  );
}
