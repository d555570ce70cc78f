import * as dns from 'node:dns';
import { getSystemErrorMap } from 'node:util';
import { sentence } from '../../../errors';
import type { ConnectionRule, Rule } from './fault-rule';

/** Every error code of a system call that Node knows. */
export const SYSTEM_CODES: readonly string[] = [...getSystemErrorMap().values()].map(([name]) => name);

function codesOf(module: object): readonly string[] {
  return Object.values(module).filter(
    (value): value is string => typeof value === 'string' && /^E[A-Z]+$/.test(value),
  );
}

const UNTRUSTED: Omit<Rule, 'codes'> = {
  fatal: 'at first',
  message: (f) =>
    `The TLS certificate of ${f.location} is not trusted (${f.code}): ${sentence(f.message)} Give the certificate of the authority that ` +
    `signed it with --postgres-tls-ca-file, in a stack with destination.tlsCaSecretArn (for RDS under a name of your own, or in a new region: https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem), and use a ` +
    `host name that is in the certificate.`,
};

/**
 * Errors of connections and of the driver. The first rule that matches decides. Sources: Node.js documentation,
 * "Common system errors" and "TLS: X509 certificate error codes"; source code of the driver pg 8.23, which a test
 * checks again.
 */
export const CONNECTION_RULES: readonly ConnectionRule[] = [
  {
    codes: ['ENOENT'],
    fatal: false,
    message: (f) =>
      `No server listens on the Unix socket of ${f.location}. Check the folder, and that the server is running.`,
  },
  {
    codes: [
      ...[
        'ECONNREFUSED',
        'EHOSTUNREACH',
        'ENETUNREACH',
        'ENETDOWN',
        'ENONET',
        'EHOSTDOWN',
        'EACCES',
        'EPERM',
      ],
      ...['ENOTFOUND', 'EAI_AGAIN'],
      'ERR_SOCKET_CONNECTION_TIMEOUT',
    ],
    fatal: false,
    message: (f) =>
      `No answer from ${f.location} (${f.code}). Check that the server is running, its name and port, and the network in ` +
      `between. Retrying.`,
  },
  {
    // Source: getaddrinfo(3), and the error codes of Node's module dns.
    codes: [...codesOf(dns), ...SYSTEM_CODES.filter((code) => code.startsWith('EAI_'))],
    fatal: false,
    message: (f) =>
      `The host name of ${f.location} cannot be resolved (${f.code}). Check the name, and this machine's name servers. ` +
      `Retrying.`,
  },
  {
    codes: ['EADDRNOTAVAIL', 'EADDRINUSE', 'EAGAIN', 'EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ENOSPC'],
    fatal: false,
    message: (f) =>
      `This machine has no port, file descriptor or memory left for a connection to ${f.location} (${f.code}: ${f.message}). ` +
      `Check its limits (ulimit -n) and what else is running here. Retrying.`,
  },
  {
    codes: SYSTEM_CODES,
    fatal: false,
    endsConnection: true,
    message: (f) => `The connection to ${f.location} broke (${f.code}: ${f.message}). Retrying.`,
  },
  {
    codes: [],
    pattern: /^ERR_(STREAM|SOCKET|IPC|HTTP2?)_|^ABORT_ERR$/,
    fatal: false,
    endsConnection: true,
    message: (f) => `The connection to ${f.location} broke (${f.code}: ${f.message}). Retrying.`,
  },
  {
    codes: [],
    pattern: /does not support SSL connections|error establishing an SSL connection/,
    fatal: 'at first',
    message: (f) =>
      `${f.location} does not offer TLS. Turn it on there (ssl = on), or, if you trust the network in between, connect ` +
      `without TLS: --postgres-tls disable`,
  },
  {
    codes: [],
    pattern:
      /^(CERT_|CRL_|ERROR_IN_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED|HOSTNAME_MISMATCH|OUT_OF_MEM)/,
    ...UNTRUSTED,
  },
  {
    codes: [],
    pattern: /^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT))$/,
    ...UNTRUSTED,
  },
  {
    codes: [],
    pattern: /^ERR_(TLS|SSL|OSSL|CRYPTO)_/,
    fatal: 'at first',
    endsConnection: true,
    message: (f) =>
      `The TLS handshake with ${f.location} failed (${f.code}): ${sentence(f.message)} Check that the port is that of the ` +
      `database, and that the server offers TLS 1.2 or later.`,
  },
  {
    codes: [],
    pattern: /client password must be a|^Password must be a/,
    fatal: 'at first',
    message: (f) =>
      `${f.location} requires a password, and no usable one was given. Set DYNAMODB_REPLICATOR_POSTGRES_PASSWORD, ` +
      `--postgres-password-file or --postgres-password-secret.`,
  },
  {
    codes: [],
    pattern:
      /^SASL|^SCRAM|^(first|second) argument must be a Buffer|^Buffers? (lengths must match|cannot be empty)/,
    fatal: 'at first',
    endsConnection: true,
    message: (f) =>
      `The login at ${f.location} failed midway: ${sentence(f.message)} Check the password, that no other server answers ` +
      `at that address, and password_encryption (scram-sha-256 or md5) on the server.`,
  },
  {
    codes: [],
    pattern:
      /^Unknown authenticationOk message|^received invalid response|^Binary mode not supported|^Received unexpected \w+ message/,
    fatal: 'at first',
    endsConnection: true,
    message: (f) =>
      `The server at ${f.location} does not speak PostgreSQL's protocol: ${sentence(f.message)} Check the port, and any ` +
      `pooler or proxy in between.`,
  },
  {
    codes: [],
    pattern:
      /^Connection terminated|timeout expired|^timeout exceeded when|Query read timeout|connection error and is not queryable|was closed and is not queryable|^Client network socket disconnected/,
    fatal: false,
    endsConnection: true,
    message: (f) => `The connection to ${f.location} broke (${f.message}). Retrying.`,
  },
  {
    // What the driver throws for a mistake of its caller.
    codes: [],
    pattern: new RegExp(
      [
        /^Client (has already been connected|was passed a null)/,
        /^callback is not a function|^unexpected condition|^Unsupported offset/,
        /^A query must have either|^Query values must be|^Prepared statements must be|^circular reference/,
        /not supported in pipeline mode|sslnegotiation|uselibpqcompat|^SECURITY WARNING|^Invalid \w+: /,
        /^(Release called|Cannot use a pool|Passing a function|Called end on pool)/,
      ]
        .map(({ source }) => source)
        .join('|'),
    ),
    fatal: true,
    endsConnection: true,
    message: (f) =>
      `The replicator misused its PostgreSQL driver on ${f.location}: ${sentence(f.message)} Nothing was lost. Update the ` +
      `replicator, and start it again.`,
  },
];
