import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { DestinationUnusable } from '../../errors';
import { isSocket, type PostgresSettings } from '../config';

/**
 * How to encrypt the connection to a host, as libpq does it for the `sslmode` of that name; false: not at all.
 * Source: PostgreSQL manual, "SSL Support", table "SSL Mode Descriptions".
 * @throws DestinationUnusable when the file of authorities cannot be read
 */
export function tlsOptions({ tls, tlsCaFile }: PostgresSettings, host: string): false | ConnectionOptions {
  if (tls === 'disable' || isSocket(host)) return false;
  const ca = tlsCaFile === undefined ? undefined : authorities(tlsCaFile);
  switch (tls) {
    case 'verify-full':
      return { ca };
    case 'verify-ca':
      return { ca, checkServerIdentity: () => undefined };
    case 'require':
      // With authorities given, libpq checks them in this mode too.
      return ca === undefined ? { rejectUnauthorized: false } : { ca, checkServerIdentity: () => undefined };
  }
}

function authorities(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DestinationUnusable(
      `The file of certificate authorities ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}): check ` +
        `--postgres-tls-ca-file.`,
      { cause },
    );
  }
}
