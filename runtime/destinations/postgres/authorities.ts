import { X509Certificate } from 'node:crypto';

const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** What is wrong with a text that should have certificates. */
export interface NoAuthorities {
  readonly what: 'empty' | 'no-pem' | 'unreadable';
  /** The end of a sentence about the text. It contains nothing of it. */
  readonly problem: string;
  readonly cause?: unknown;
}

/** The last result. Checking the RDS bundle takes as long as connecting. */
let last: { readonly text: string; readonly certificates: string[] } | undefined;

/**
 * The certificates of a text in PEM form, which may have other text between them. For a text without any, Node would behave
 * as if none were given, and trust every authority that it knows.
 */
export function authoritiesIn(text: string): string[] | NoAuthorities {
  if (text === last?.text) return last.certificates;
  if (text.trim() === '') return { what: 'empty', problem: 'is empty' };
  const certificates = text.match(PEM) ?? [];
  if (certificates.length === 0)
    return { what: 'no-pem', problem: 'has no certificate in PEM form (-----BEGIN CERTIFICATE-----)' };
  for (const [i, certificate] of certificates.entries()) {
    try {
      void new X509Certificate(certificate);
    } catch (cause) {
      const problem = `has a certificate that cannot be read: number ${i + 1} of ${certificates.length}`;
      return { what: 'unreadable', problem, cause };
    }
  }
  last = { text, certificates };
  return certificates;
}
