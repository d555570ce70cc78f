import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A local AWS that answers on one port of 127.0.0.1. */
export interface Emulator {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

const STARTS_WITHIN_MS = 20_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts somebody else's emulator, and waits for the line in which it says where it listens.
 * @param args its arguments for a port
 * @throws Error with what it wrote, when it ends or says nothing of the kind
 */
export async function startEmulator(
  name: string,
  program: string,
  args: (port: string) => readonly string[],
): Promise<Emulator> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(program, args(port), { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(server, 'exit');
  let written = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${name} (${program}) ${why}: ${written}`));
    const tooLate = setTimeout(() => {
      server.kill();
      fail('did not start');
    }, STARTS_WITHIN_MS);
    const listen = (piece: Buffer): void => {
      written = (written + piece.toString()).slice(-2000);
      if (!written.includes(url)) return;
      clearTimeout(tooLate);
      resolve();
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.once('error', (error) => fail(error.message));
    server.once('exit', () => fail('ended'));
  });
  return {
    name,
    url,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}
