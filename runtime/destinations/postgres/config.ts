import type { SettingProblem, SettingsRead } from '../kind';
import { addressParts, isAddress as startsAsAddress, type PostgresTls } from './address';
import { authoritiesIn } from './authorities';

/** The settings of a PostgreSQL server, besides `--to`. */
export interface PostgresOptions {
  readonly url?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly passwordSecret?: string | undefined;
  readonly tls?: PostgresTls | undefined;
  readonly tlsCa?: string | undefined;
  readonly tlsCaFile?: string | undefined;
  readonly connections?: number | undefined;
}

/**
 * Where the password comes from. A file is read at every login, a secret again when a login fails, so a rotated
 * password is found.
 */
export type PasswordSource =
  | { readonly from: 'nowhere' }
  | { readonly from: 'settings'; readonly password: string }
  | { readonly from: 'file'; readonly path: string }
  /** ARN of an AWS Secrets Manager secret: the password alone, or JSON as RDS writes it. */
  | { readonly from: 'secret'; readonly arn: string };

/** How to reach a PostgreSQL server. */
export interface PostgresSettings {
  /** A name, an address, or the folder of a Unix socket. `undefined`: the secret has it. */
  readonly host: string | undefined;
  /** `undefined`: the secret has it, or else PostgreSQL's default applies. */
  readonly port: number | undefined;
  /** `undefined`: the secret has it, or else the database has the user's name. */
  readonly database: string | undefined;
  /** `undefined`: the secret has it. */
  readonly user: string | undefined;
  readonly password: PasswordSource;
  readonly tls: PostgresTls;
  /** The authorities to check the server's certificate with, in PEM form, in place of a file. */
  readonly tlsCa: string | undefined;
  /**
   * PEM file of the authorities to check the server's certificate with, or `system` for those of Node. Default: those
   * of Node, and for a server of RDS or Aurora also those of Amazon.
   */
  readonly tlsCaFile: string | undefined;
  /** Most connections at a time, for any number of tables. */
  readonly connections: number;
}

export const DEFAULT_PORT = 5432;
export const DEFAULT_CONNECTIONS = 8;

/** In place of a file: the authorities of Node, like `sslrootcert=system` in libpq means those of the system. */
export const SYSTEM_AUTHORITIES = 'system';

/**
 * Most columns for attributes. A row has to fit into a page of 8,160 bytes, and each value may need at least 24 bytes
 * in the row itself. This leaves room for the replicator's own columns and for those that are being widened.
 * Source: PostgreSQL manual, "PostgreSQL Limits" and "TOAST"; measured.
 */
export const MOST_COLUMNS = 315;

/** Whether a `--to` value means PostgreSQL: an address, or the word alone, with the rest in the settings. */
export function isPostgresLocation(to: string): boolean {
  return startsAsAddress(to) || /^postgres(ql)?$/i.test(to);
}

/** The settings that `--to` and the `postgres` group make together, or all problems with them. */
export function postgresSettings(to: string, options: PostgresOptions): SettingsRead<PostgresSettings> {
  const problems: SettingProblem[] = [];
  const wrong = (setting: string, problem: string) => problems.push({ setting, problem });
  const isAddress = startsAsAddress(to);
  if (isAddress && options.url !== undefined) wrong('postgres.url', '--to already has the address');
  const address = isAddress ? to : options.url;
  const inAddress = isAddress ? 'to' : 'postgres.url';
  const fromUrl = address === undefined ? {} : addressParts(address, (problem) => wrong(inAddress, problem));
  // Without the parts of the address the other checks mean nothing.
  if (fromUrl === undefined) return { problems };
  for (const name of ['host', 'port', 'database', 'user', 'tls', 'tlsCaFile'] as const) {
    if (fromUrl[name] !== undefined && options[name] !== undefined && fromUrl[name] !== options[name]) {
      wrong(`postgres.${name}`, 'differs from the address');
    }
  }
  const parts = { ...defined(options), ...defined(fromUrl) };
  const password = passwordSource(parts, fromUrl.password !== undefined, wrong);
  const { host, database, user } = parts;
  if (host === undefined && password.from !== 'secret')
    wrong('postgres.host', 'is required: --to postgres://HOST/DATABASE, or --postgres-host HOST');
  const name = database ?? user;
  if (user === undefined && password.from !== 'secret')
    wrong('postgres.user', 'is required: --to postgres://USER@HOST/DATABASE, or --postgres-user USER');
  if (host !== undefined && /^[^:/]+:\d+$/.test(host))
    wrong(
      options.host === undefined ? inAddress : 'postgres.host',
      'the host includes a port: set postgres.port instead',
    );
  const isSystem = parts.tlsCaFile === SYSTEM_AUTHORITIES;
  // As in libpq: these authorities certify any name for its owner, so the name must be checked.
  if (isSystem && parts.tls !== undefined && parts.tls !== 'verify-full')
    wrong(
      options.tls === undefined ? inAddress : 'postgres.tls',
      `${SYSTEM_AUTHORITIES} authorities require verify-full`,
    );
  if (parts.tlsCa !== undefined && parts.tlsCaFile !== undefined) {
    const file = fromUrl.tlsCaFile === undefined ? 'postgres.tlsCaFile' : 'sslrootcert in the address';
    wrong('postgres.tlsCa', `the authorities come from postgres.tlsCa and ${file}: keep one`);
  }
  const authorities = parts.tlsCa === undefined ? [] : authoritiesIn(parts.tlsCa);
  if (!Array.isArray(authorities))
    wrong('postgres.tlsCa', `expected certificates in PEM form, but the text ${authorities.problem}`);
  if (problems.length > 0) return { problems };
  const isLocal = host !== undefined && staysOnMachine(host) && !isSystem;
  return {
    settings: {
      host,
      port: parts.port,
      database: name,
      user,
      password,
      tls: parts.tls ?? (isLocal ? 'disable' : 'verify-full'),
      tlsCa: parts.tlsCa,
      tlsCaFile: parts.tlsCaFile,
      connections: options.connections ?? DEFAULT_CONNECTIONS,
    },
  };
}

/** Where the rows go, for messages. Contains no secrets. */
export function postgresLocation({ host, port = DEFAULT_PORT, database }: PostgresSettings): string {
  const name = database === undefined ? '' : ` database ${database}`;
  if (host === undefined) return `PostgreSQL${name} on the server named in the secret`;
  return `PostgreSQL${name} on ${isSocket(host) ? host : `${host}:${port}`}`;
}

export function isSocket(host: string): boolean {
  return host.startsWith('/');
}

function staysOnMachine(host: string): boolean {
  return isSocket(host) || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

type Wrong = (setting: string, problem: string) => void;

function passwordSource(parts: PostgresOptions, isInUrl: boolean, wrong: Wrong): PasswordSource {
  const { password, passwordFile, passwordSecret } = parts;
  const given = [
    password === undefined ? undefined : isInUrl ? 'the address' : 'postgres.password',
    passwordFile === undefined ? undefined : 'postgres.passwordFile',
    passwordSecret === undefined ? undefined : 'postgres.passwordSecret',
  ].filter((name) => name !== undefined);
  if (given.length > 1) wrong(given[1] as string, `the password comes from ${given.join(' and ')}: keep one`);
  if (password !== undefined) return { from: 'settings', password };
  if (passwordFile !== undefined) return { from: 'file', path: passwordFile };
  if (passwordSecret !== undefined) return { from: 'secret', arn: passwordSecret };
  return { from: 'nowhere' };
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
