import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { addressFile, type LoopbackAddress, readAddress } from './loopback-address';
import { AnswerCutShort, type ControlVerb, readAnswer, type RunningReplicator } from './protocol';
import { type ControlRequest, writeRequest } from './request-text';

/** How long a running replicator may take to answer. */
const TIMEOUT_MS = 2_000;

/** Codes of a path that leads to no file: what is wrong with it, the destination reports. */
const NO_FILE: ReadonlySet<string> = new Set(['ENOENT', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/** Finds the replicator that holds this file; `undefined` if there is none, even if one left its address behind. */
export async function findOnLoopback(destinationFile: string): Promise<LoopbackReplicator | undefined> {
  let text: string;
  try {
    text = await readFile(addressFile(destinationFile), 'utf8');
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
  const address = readAddress(text);
  if (address === undefined) return undefined;
  const found = new LoopbackReplicator(address);
  return (await found.answers()) ? found : undefined;
}

/** A replicator on this machine that holds a destination's file. */
export class LoopbackReplicator implements RunningReplicator {
  constructor(private readonly address: LoopbackAddress) {}

  get pid(): number {
    return this.address.pid;
  }

  get name(): string {
    return `process ${this.pid}`;
  }

  get tables(): readonly string[] {
    return this.address.tables;
  }

  ask(
    verb: ControlVerb,
    table: string | undefined,
    onProgress: (progress: string) => void,
    signal?: AbortSignal,
    sample?: number,
  ): Promise<unknown> {
    return readAnswer(verb, this.send({ verb, table, sample }, signal), onProgress, signal);
  }

  /** Whether it exists, even if it is too busy to answer. */
  async answers(): Promise<boolean> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      await this.ask('status', undefined, () => undefined, timeout);
      return true;
    } catch (error) {
      if (error instanceof AnswerCutShort) return false;
      // It is busy, or it was killed and another program has its port.
      if (error === timeout.reason) return isAlive(this.pid);
      throw error;
    }
  }

  private async *send(asked: ControlRequest, signal: AbortSignal | undefined): AsyncIterable<string> {
    const { verb } = asked;
    const { port, token } = this.address;
    const response = await new Promise<NodeJS.ReadableStream & { statusCode?: number }>((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port,
          path: `/${verb}`,
          method: 'POST',
          headers: { authorization: `Bearer ${token}` },
          signal,
        },
        resolve,
      );
      request.on('error', (error) =>
        reject(signal?.aborted ? (signal.reason as Error) : new AnswerCutShort(verb, { cause: error })),
      );
      request.end(writeRequest(asked));
    });
    if (response.statusCode !== 200) throw new AnswerCutShort(verb);
    let rest = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        const parts = (rest + (chunk as string)).split('\n');
        rest = parts.pop() ?? '';
        yield* parts;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new AnswerCutShort(verb, { cause: error });
    }
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
