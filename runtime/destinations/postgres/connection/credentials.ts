import { readFile } from 'node:fs/promises';
import { DestinationUnusable } from '../../errors';
import { DEFAULT_PORT, type PostgresSettings } from '../config';

/** Where to connect, and as whom. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** `undefined`: none is known, which is enough for a server that asks for none. */
  readonly password: string | undefined;
}

/** The content of a secret. Only the password is required. */
interface Secret {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string;
}

/** Finds the credentials for a login. A secret is kept until a login with it fails, since it may have been rotated. */
export class Credentials {
  private secret: Promise<Secret> | undefined;

  constructor(
    private readonly settings: PostgresSettings,
    private readonly readSecret: (arn: string) => Promise<string>,
  ) {}

  /** @throws DestinationUnusable, or what reading the secret throws */
  async login(): Promise<Login> {
    const { password } = this.settings;
    switch (password.from) {
      case 'nowhere':
        return this.complete({ password: undefined });
      case 'settings':
        return this.complete({ password: passwordFrom(password.password, 'password in the settings') });
      case 'file':
        return this.complete({ password: await passwordIn(password.path) });
      case 'secret':
        return this.complete(await this.secretOf(password.arn));
    }
  }

  /** Makes the next login read the password again. Returns whether it may find another one. */
  forget(): boolean {
    this.secret = undefined;
    const { from } = this.settings.password;
    return from === 'file' || from === 'secret';
  }

  /** Settings take precedence over the secret. */
  private complete(secret: Partial<Secret>): Login {
    const host = this.settings.host ?? secret.host;
    const user = this.settings.user ?? secret.user;
    const database = this.settings.database ?? secret.database ?? user;
    if (host === undefined || user === undefined || database === undefined) {
      throw new DestinationUnusable(
        `The secret has no ${host === undefined ? 'host' : 'username'}. Use a JSON secret as RDS writes it, or set ` +
          `--postgres-host, --postgres-user and --postgres-database.`,
      );
    }
    return {
      host,
      port: this.settings.port ?? secret.port ?? DEFAULT_PORT,
      database,
      user,
      password: secret.password,
    };
  }

  private secretOf(arn: string): Promise<Secret> {
    if (this.secret === undefined) {
      const reading = this.readSecret(arn).then((text) => parseSecret(arn, text));
      this.secret = reading;
      reading.catch(() => (this.secret = undefined));
    }
    return this.secret;
  }
}

async function passwordIn(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new DestinationUnusable(
      `The password file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}). Check the path and its owner.`,
      { cause },
    );
  }
  return passwordFrom(text, `password file ${path}`);
}

/** Editors, `echo` and `kubectl` append a line break, which is removed. @throws DestinationUnusable when nothing is left */
function passwordFrom(text: string, what: string): string {
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new DestinationUnusable(`The ${what} is empty. Put the password into it.`);
  return password;
}

/** A secret is the password alone, or JSON. Source: Secrets Manager guide, "JSON structure of secrets", RDS. */
function parseSecret(arn: string, text: string): Secret {
  const fields = jsonObject(text);
  if (fields === undefined) {
    const password = passwordFrom(text, `secret ${arn}`);
    return { host: undefined, port: undefined, database: undefined, user: undefined, password };
  }
  const textOf = (name: string) => (typeof fields[name] === 'string' ? fields[name].trim() : undefined);
  const { password } = fields;
  if (typeof password !== 'string') {
    throw new DestinationUnusable(
      `Secret ${arn} is JSON without "password". Add it, or give another secret with --postgres-password-secret.`,
    );
  }
  const { host, port: portOfHost } = hostAndPort(textOf('host'));
  const port = portFrom(textOf('port') ?? fields['port'] ?? portOfHost, arn);
  return {
    host,
    port,
    database: textOf('dbname'),
    user: textOf('username'),
    password: passwordFrom(password, `"password" of secret ${arn}`),
  };
}

/** @param given a number, its text, or nothing. @throws DestinationUnusable */
function portFrom(given: unknown, arn: string): number | undefined {
  if (given === undefined || given === null || given === '') return undefined;
  const port = Number(given);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new DestinationUnusable(
    `"port" of secret ${arn} is not a port. Set it to a number from 1 to 65535, or leave it out.`,
  );
}

/** `db.internal:6432`, or `[::1]:6432`; a name or an address alone has no port. */
function hostAndPort(text: string | undefined): { host: string | undefined; port: string | undefined } {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text ?? '') ?? [];
  return { host: bracketed ?? plain ?? text, port };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {
    // Not JSON, so it is the password.
  }
  return undefined;
}
