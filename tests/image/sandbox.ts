import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { IMAGE_LAYOUT } from '../../infra/plan/container';
import { Command } from '../end-to-end/command';
import { rootfs } from './rootfs';

/** Path of bubblewrap; `.ci/sandbox` installs it if it is missing. */
const PROGRAM = process.env['SANDBOX_BWRAP'] ?? 'bwrap';

/** Why no sandbox can run here; `undefined` if one can. */
export function sandboxLacking(): string | undefined {
  if (process.platform !== 'linux') return 'bubblewrap is for Linux';
  const { status, stderr, error } = spawnSync(PROGRAM, ['--ro-bind', '/', '/', 'true'], { encoding: 'utf8' });
  if (error) return 'bubblewrap is not installed (apt-get install bubblewrap)';
  return status === 0 ? undefined : `bubblewrap cannot make a sandbox here: ${stderr}`;
}

/**
 * bubblewrap's arguments to run the image's files as ECS does: as nobody, without capabilities, with only `/tmp` writable. It adds a
 * folder at `/data`, whose content the test checks afterwards, and this machine's loopback address, for the simulator.
 */
async function confined(data: string): Promise<string[]> {
  const [uid, gid] = IMAGE_LAYOUT.user.split(':') as [string, string];
  return [
    ...['--unshare-all', '--share-net', '--as-pid-1', '--die-with-parent', '--new-session'],
    ...['--uid', uid, '--gid', gid, '--cap-drop', 'ALL'],
    ...['--ro-bind', await rootfs(), '/', '--proc', '/proc', '--dev', '/dev'],
    ...['--tmpfs', IMAGE_LAYOUT.temporary, '--bind', data, '/data', '--chdir', IMAGE_LAYOUT.temporary],
    IMAGE_LAYOUT.node,
  ];
}

/** Runs the image's command with exactly this environment. */
export async function runImage(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  data: string,
): Promise<Command> {
  return Command.launch(words, {
    program: PROGRAM,
    before: [...(await confined(data)), IMAGE_LAYOUT.bundle],
    environment,
    signalled: onlyChildOf,
  });
}

/** Output of a program in the sandbox. */
export async function evaluate(program: string, data: string): Promise<string> {
  const { stdout, stderr, status } = spawnSync(PROGRAM, [...(await confined(data)), '-e', program], {
    encoding: 'utf8',
    env: {},
  });
  if (status !== 0) throw new Error(`in the sandbox: ${stderr}`);
  return stdout;
}

/** Finds the process inside, as bubblewrap waits for it outside and forwards no signals. */
function onlyChildOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : Number(children.split(' ')[0]);
}
