import { readFileSync } from 'node:fs';
import { DestinationUnusable } from '../../errors';
import { authoritiesIn } from '../authorities';
import { type PostgresSettings, SYSTEM_AUTHORITIES } from '../config';

/**
 * The authorities that the settings give, as a text or a file; `undefined`: none.
 * @throws DestinationUnusable
 */
export function givenAuthorities({
  tlsCa,
  tlsCaFile,
}: Pick<PostgresSettings, 'tlsCa' | 'tlsCaFile'>): string[] | undefined {
  if (tlsCa !== undefined) {
    const found = authoritiesIn(tlsCa);
    if (Array.isArray(found)) return found;
    throw new DestinationUnusable(
      `The text of certificate authorities ${found.problem}. Check postgres.tlsCa.`,
      { cause: found.cause },
    );
  }
  return tlsCaFile === undefined || tlsCaFile === SYSTEM_AUTHORITIES ? undefined : certificatesIn(tlsCaFile);
}

/**
 * The certificates of a PEM file.
 * @throws DestinationUnusable
 */
export function certificatesIn(path: string): string[] {
  const found = authoritiesIn(textOf(path));
  if (Array.isArray(found)) return found;
  const fixes = {
    empty: '. Put the certificates of the authorities into it in PEM form, or leave the setting out',
    'no-pem': `. To convert one from DER form: openssl x509 -inform der -in ${path} -out authorities.pem`,
    unreadable: '',
  };
  throw unusable(path, found.problem + fixes[found.what], found.cause);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(path, `cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
}

function unusable(path: string, what: string, cause: unknown): DestinationUnusable {
  return new DestinationUnusable(
    `The file of certificate authorities ${path} ${what}. Check --postgres-tls-ca-file or sslrootcert.`,
    { cause },
  );
}
