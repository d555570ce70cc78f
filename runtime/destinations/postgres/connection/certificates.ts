import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DestinationUnusable } from '../../errors';

const SETTING = '--postgres-tls-ca-file or sslrootcert';
const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The last result. Checking the RDS bundle takes as long as connecting. */
let last: { readonly text: string; readonly certificates: string[] } | undefined;

/**
 * The certificates of a PEM file, which may have text between them. For a file without any, Node would behave as if
 * none were given, and trust every authority that it knows.
 * @throws DestinationUnusable
 */
export function certificatesIn(path: string): string[] {
  const text = textOf(path);
  if (text === last?.text) return last.certificates;
  if (text.trim() === '')
    throw unusable(
      path,
      `is empty. Put the certificates of the authorities into it in PEM form, or leave the setting out`,
    );
  const certificates = text.match(PEM) ?? [];
  if (certificates.length === 0) {
    throw unusable(
      path,
      `has no certificate in PEM form (-----BEGIN CERTIFICATE-----). To convert one from DER form: openssl x509 -inform der -in ${path} ` +
        `-out authorities.pem`,
    );
  }
  for (const [i, certificate] of certificates.entries()) {
    try {
      void new X509Certificate(certificate);
    } catch (cause) {
      throw unusable(
        path,
        `has a certificate that cannot be read: number ${i + 1} of ${certificates.length}`,
        cause,
      );
    }
  }
  last = { text, certificates };
  return certificates;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unusable(path, `cannot be read (${(cause as NodeJS.ErrnoException).code})`, cause);
  }
}

function unusable(path: string, what: string, cause?: unknown): DestinationUnusable {
  return new DestinationUnusable(`The file of certificate authorities ${path} ${what}. Check ${SETTING}.`, {
    cause,
  });
}
