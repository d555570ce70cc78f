import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { unlessAborted } from '../../../abort';

/** A file, and where its copy goes. */
export type FileCopy = readonly [from: string, to: string];

/** `clone`: shares the blocks of the original until one of the two is written, or fails if the file system cannot do that. */
export type CopyMode = 'clone' | 'bytes';

/** A file could not be copied, for the reason in the message. */
export class CopyFailed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CopyFailed';
  }
}

/** The copies belong to their user alone, and can be written even if the original cannot. */
const MODE = 0o600;

/** Its standard input ends with its parent. While a file is copied, nothing but a signal ends it. */
const PROGRAM = `
const { chmod, copyFile } = require('node:fs/promises');
const { files, flags, mode } = JSON.parse(process.argv[1]);
process.stdin.resume().on('end', () => process.kill(process.pid, 'SIGKILL'));
(async () => {
  for (const [from, to] of files) {
    await copyFile(from, to, flags);
    await chmod(to, mode);
  }
})().then(
  () => process.exit(0),
  ({ message }) => process.stdout.write(message, () => process.exit(1)),
);
`;

const FLAGS: Readonly<Record<CopyMode, number>> = {
  clone: constants.COPYFILE_FICLONE_FORCE,
  bytes: constants.COPYFILE_FICLONE,
};

/**
 * Copies files in another process: this one would lose its locks on a file as soon as it closes any descriptor of it.
 * Ctrl-C in a terminal does not reach that process, so that this one reports the interrupt.
 * @throws CopyFailed, or the signal's reason
 */
export async function copyFiles(
  files: readonly FileCopy[],
  mode: CopyMode,
  signal: AbortSignal | undefined,
): Promise<void> {
  const task = JSON.stringify({ files, flags: FLAGS[mode], mode: MODE });
  const { NODE_OPTIONS: _unwanted, ...env } = process.env;
  const child = spawn(process.execPath, ['-e', PROGRAM, task], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    windowsHide: true,
    env,
  });
  let answer = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (answer += text));
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(new CopyFailed(error.message)));
    child.on('close', (code, by) => (code === 0 ? resolve() : reject(failure(answer, by))));
  });
  try {
    await unlessAborted(signal, () => ended);
  } catch (error) {
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    throw error;
  }
}

function failure(answer: string, by: string | null): CopyFailed {
  return new CopyFailed(by === null ? answer : `the process that copies it was ended by ${by}`);
}
