import { spawnSync } from 'node:child_process';
import { UnsuitableResource } from '../errors';

/** How long Docker may take to say that it is there. */
const ANSWER_MS = 10_000;

/** Docker on this machine; the tests answer for it. */
export const docker = {
  /** Why it does not answer; `undefined` when it does. */
  silence(): string | undefined {
    const { error, status, stderr } = spawnSync('docker', ['version', '--format', '{{.Server.Version}}'], {
      encoding: 'utf8',
      timeout: ANSWER_MS,
    });
    if (error) return error.message;
    return status === 0 ? undefined : (stderr.trim().split('\n').at(-1) ?? '') || `it ends with ${status}`;
  },
};

/** @throws UnsuitableResource, whose first line names Docker and the setting, when an image is to be built without it */
export function requireDocker(): void {
  const silence = docker.silence();
  if (silence === undefined) return;
  throw new UnsuitableResource(
    'image',
    `Docker is needed to build it and does not answer here (${silence}). Start Docker, or give image.uri, an image by digest`,
  );
}
