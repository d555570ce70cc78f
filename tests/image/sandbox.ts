import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { IMAGE_LAYOUT } from '../../infra/plan/container';
import { Command } from '../end-to-end/command';
import { rootfs } from './rootfs';

/** bubblewrap; `.ci/sandbox` names one where none is installed. */
const PROGRAM = process.env['SANDBOX_BWRAP'] ?? 'bwrap';

/** Why there can be no sandbox here; undefined where there can. */
export function sandboxLacking(): string | undefined {
  if (process.platform !== 'linux') return 'bubblewrap is for Linux';
  const { status, stderr, error } = spawnSync(PROGRAM, ['--ro-bind', '/', '/', 'true'], { encoding: 'utf8' });
  if (error) return 'bubblewrap is not installed (apt-get install bubblewrap)';
  return status === 0 ? undefined : `bubblewrap cannot make a sandbox here: ${stderr}`;
}

/**
 * The image's files as ECS runs them: nobody, no capability, nothing to write to but `/tmp`. Beside that a folder at `/data`, for
 * what the test looks at afterwards, and the machine's own loopback address, where the simulator is.
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

/** The image's command. Its environment is this and nothing else. */
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

/** What a program in the sandbox prints. */
export async function evaluate(program: string, data: string): Promise<string> {
  const { stdout, stderr, status } = spawnSync(PROGRAM, [...(await confined(data)), '-e', program], {
    encoding: 'utf8',
    env: {},
  });
  if (status !== 0) throw new Error(`in the sandbox: ${stderr}`);
  return stdout;
}

/** bubblewrap waits outside for the process that it has started, and passes no signal on. */
function onlyChildOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : Number(children.split(' ')[0]);
}
