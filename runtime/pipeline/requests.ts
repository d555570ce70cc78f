import { onAbort } from '../abort';
import { LeaseLost } from '../destinations/errors';
import { finalMessage, ReplicatorError } from '../errors';
import type { VerifyReport } from './verify';

/** What a user asked for ended before it was done. */
export class CutShort extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly request: string,
    options?: ErrorOptions,
  ) {
    super(
      `The ${request} was cut short because the pipeline stopped. Nothing is lost; ask for it again.`,
      options,
    );
  }
}

/** A verify could not be done; the pipeline goes on (rule V2). */
export class VerifyFailed extends ReplicatorError {
  readonly kind = 'retry';

  constructor(override readonly cause: Error) {
    super(
      `The verify could not be done, and nothing was compared: ${finalMessage(cause)}\nThe replication goes on; nothing of the verify ` +
        `is left in the destination. Once that is fixed, ask for it again.`,
      { cause },
    );
  }
}

/** Ends a generation because a user wants a new one. Never leaves the pipeline. */
export class ResyncRequested extends Error {
  constructor() {
    super('a new generation was asked for');
    this.name = 'ResyncRequested';
  }
}

interface Waiting<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/**
 * What users ask of a table's pipeline, also before it runs. Each request ends with what was stored, or with what stopped
 * the pipeline; none depends on an event being heard.
 */
export class Requests {
  private readonly verifies: Waiting<VerifyReport>[] = [];
  /** Resyncs for which no generation has begun yet. */
  private readonly asked: Waiting<void>[] = [];
  /** Resyncs whose generation has begun and is not published yet. */
  private readonly begun: (Waiting<void> & { readonly generation: number })[] = [];
  /** Those who wait for the table to be published, by whatever generation. */
  private readonly readers: Waiting<void>[] = [];
  private isPublished = false;
  private isStopped = false;
  private isClosed = false;
  private wake: (() => void) | undefined;

  /** @throws CutShort when the pipeline stops before the end */
  verify(): Promise<VerifyReport> {
    return this.isStopped ? Promise.reject(new CutShort('verify')) : this.wait(this.verifies);
  }

  /** Resolves when a generation that begins from now on is published. @throws CutShort, or what stops the pipeline */
  resync(): Promise<void> {
    return this.isClosed ? Promise.reject(new CutShort('resync')) : this.wait(this.asked);
  }

  /** Resolves when the table is published, at once if it is. @throws CutShort, or what stops the pipeline */
  untilPublished(): Promise<void> {
    if (this.isPublished) return Promise.resolve();
    return this.isClosed ? Promise.reject(new CutShort('load')) : this.wait(this.readers);
  }

  get wantsResync(): boolean {
    return this.asked.length > 0;
  }

  /** The pipeline starts. */
  start(): void {
    this.isStopped = false;
  }

  /** A generation begins: it is what every resync asked for so far wants. */
  generationBegins(generation: number): void {
    for (const { resolve, reject } of this.asked.splice(0)) this.begun.push({ resolve, reject, generation });
  }

  /** A generation is the visible table. One of a later number, whose beginning a failover has lost, is asked for again. */
  published(published: number): void {
    this.isPublished = true;
    for (const waiting of this.begun.splice(0)) {
      if (waiting.generation <= published) waiting.resolve();
      else this.asked.push(waiting);
    }
    for (const { resolve } of this.readers.splice(0)) resolve();
  }

  /**
   * Executes requests one after the other. A verify that fails rejects its request alone (rule V2); what else ends this is its
   * signal.
   * @throws ResyncRequested, LeaseLost, and the signal's reason
   */
  async execute(verify: () => Promise<VerifyReport>, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.untilAsked(signal);
      if (this.wantsResync) throw new ResyncRequested();
      const request = this.verifies.shift();
      if (request === undefined) continue;
      try {
        request.resolve(await verify());
      } catch (error) {
        // Whoever is fenced, or ends, has nothing more to execute.
        if (signal.aborted || error instanceof LeaseLost) {
          request.reject(new CutShort('verify', { cause: error }));
          throw error;
        }
        request.reject(new VerifyFailed(error instanceof Error ? error : new Error(String(error))));
      }
    }
  }

  /** The pipeline has stopped, by an error or in order: nobody will execute what still waits. */
  stop(failure: Error | undefined): void {
    this.isStopped = true;
    for (const { reject } of this.verifies.splice(0)) reject(new CutShort('verify', { cause: failure }));
    for (const { reject } of [...this.asked.splice(0), ...this.begun.splice(0)])
      reject(failure ?? new CutShort('resync'));
    for (const { reject } of this.readers.splice(0)) reject(failure ?? new CutShort('load'));
  }

  /** The pipeline will not start again. */
  close(): void {
    this.isClosed = true;
    this.stop(undefined);
  }

  private wait<Result>(queue: Waiting<Result>[]): Promise<Result> {
    return new Promise((resolve, reject) => {
      queue.push({ resolve, reject });
      this.wake?.();
    });
  }

  private async untilAsked(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!this.wantsResync && this.verifies.length === 0) {
      const woken = new Promise<void>((resolve) => (this.wake = resolve));
      const unlink = onAbort(signal, () => this.wake?.());
      await woken;
      unlink();
      this.wake = undefined;
      signal.throwIfAborted();
    }
  }
}
