import { spawnSync } from 'node:child_process';
import { UnsuitableResource } from '../errors';

/** Timeout for Docker's answer. */
const ANSWER_MS = 10_000;

/** Docker on this machine; tests replace it. */
export const docker = {
  /** Why Docker does not answer; `undefined` if it does. */
  silence(): string | undefined {
    const { error, status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
      encoding: 'utf8',
      timeout: ANSWER_MS,
    });
    if (error) return error.message;
    return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '') || `exit code ${status}`;
  },
};

/** @throws UnsuitableResource if Docker does not answer; its first line names Docker and the setting */
export function requireDocker(): void {
  const silence = docker.silence();
  if (silence === undefined) return;
  throw new UnsuitableResource(
    'image',
    `building it needs Docker, which does not answer here (${silence}). Start Docker, or set image.uri to an image by its digest`,
  );
}
