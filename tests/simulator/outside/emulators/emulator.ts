import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../../../demo/postgres';
import { skipLoudly } from '../../../skip-loudly';
import { progress } from '../../../tiers/progress';

/** A local AWS on one port of 127.0.0.1. */
export interface Emulator {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** A third-party emulator. It is not part of this package; `.ci/emulators` installs it. */
export interface Outsider {
  readonly name: string;
  /** The environment variable that names its program on this machine. */
  readonly variable: string;
  args(port: string): readonly string[];
}

/**
 * Starts a third-party emulator and waits for the line that names its address. Skips the test if it is not installed.
 * @throws Error with its output if it exits instead
 */
export function startOrSkip(context: Mocha.Context, outsider: Outsider): Promise<Emulator> {
  const program = process.env[outsider.variable];
  if (program) return start(outsider, program);
  return skipLoudly(
    context,
    `${outsider.variable} does not name ${outsider.name}: .ci/emulators installs it`,
  );
}

async function start({ name, args }: Outsider, program: string): Promise<Emulator> {
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(program, args(port), { stdio: ['ignore', 'pipe', 'pipe'] });
  // It ends with the tests, however those end.
  process.once('exit', () => server.kill());
  const ended = once(server, 'exit');
  let written = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${name} (${program}) ${why}: ${written}`));
    const listen = (piece: Buffer): void => {
      progress();
      written = (written + piece.toString()).slice(-2000);
      if (written.includes(url)) resolve();
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
