import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../../demo/postgres';
import { progress } from '../../tiers/progress';

/** PgBouncer, if it is installed (Debian: apt install pgbouncer). */
export function findPooler(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/opt/homebrew/bin'];
  return folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
}

/** A transaction pooler in front of a server: two transactions of one client may run on different connections. */
export class Pooler {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** @param server address of the server with the name and password of an administrator, used for all connections */
  static async start(program: string, server: string): Promise<Pooler> {
    const url = new URL(server);
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'replicator-pooler-'));
    // It does not run as root, and has to read this folder.
    chmodSync(folder, 0o755);
    const settings = join(folder, 'pgbouncer.ini');
    writeFileSync(
      settings,
      `[databases]
* = host=${url.hostname} port=${url.port} user=${url.username} password=${url.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
${process.getuid?.() === 0 ? 'user = nobody' : ''}
`,
    );
    const child = spawn(program, [settings], { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        progress();
        log += text;
        if (/process up/.test(log)) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`PgBouncer did not start:\n${log}`)));
    });
    return new Pooler(child, folder, port);
  }

  /** The address of a database of the server, through the pooler. */
  url(server: string): string {
    const url = new URL(server);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
