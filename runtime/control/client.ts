import { readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { ReplicatorError } from '../errors';
import { addressFile, type AnswerLine, type ControlAddress, type ControlVerb } from './address';

/** How long a running replicator may take to show that it is there. */
const PATIENCE_MS = 2_000;

/** The running replicator went away before it had answered. */
export class AnswerCutShort extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly verb: ControlVerb,
    options?: ErrorOptions,
  ) {
    super(
      `The running replicator stopped before ${verb} was done. Nothing is lost; ask for it again.`,
      options,
    );
  }
}

/** An error of the running replicator, as it told it. */
export class RemoteError extends ReplicatorError {
  constructor(
    /** The error's class there. */
    readonly remoteName: string,
    readonly kind: ReplicatorError['kind'],
    message: string,
  ) {
    super(message);
  }
}

/** A replicator that holds a destination's file. */
export class RunningReplicator {
  private constructor(private readonly address: ControlAddress) {}

  get pid(): number {
    return this.address.pid;
  }

  /** The one that holds this file; `undefined` when there is none, also when one has left its address behind. */
  static async find(destinationFile: string): Promise<RunningReplicator | undefined> {
    let text: string;
    try {
      text = await readFile(addressFile(destinationFile), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    const found = new RunningReplicator(JSON.parse(text) as ControlAddress);
    return (await found.answers()) ? found : undefined;
  }

  /** Asks and waits for the answer. @throws RemoteError, AnswerCutShort, the signal's reason */
  async ask(
    verb: ControlVerb,
    table: string | undefined,
    onProgress: (progress: string) => void,
    signal?: AbortSignal,
  ): Promise<unknown> {
    const lines = this.send(verb, table, signal);
    for await (const line of lines) {
      if ('progress' in line) onProgress(line.progress);
      else if ('result' in line) return line.result;
      else {
        const { name, kind, message } = line.error;
        throw new RemoteError(name, kind === 'gap' || kind === 'retry' ? kind : 'fatal', message);
      }
    }
    throw new AnswerCutShort(verb);
  }

  private async *send(
    verb: ControlVerb,
    table: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncIterable<AnswerLine> {
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
      request.end(JSON.stringify({ table }));
    });
    if (response.statusCode !== 200) throw new AnswerCutShort(verb);
    let rest = '';
    try {
      for await (const chunk of response.setEncoding('utf8')) {
        const parts = (rest + (chunk as string)).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) yield JSON.parse(part) as AnswerLine;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      throw new AnswerCutShort(verb, { cause: error });
    }
  }

  private async answers(): Promise<boolean> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      await this.ask('status', undefined, () => undefined, patience);
      return true;
    } catch (error) {
      if (error instanceof AnswerCutShort) return false;
      // It is busy, or was killed and a stranger has got its port.
      if (error === patience.reason) return isAlive(this.pid);
      throw error;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
