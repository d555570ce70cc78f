import { onAbort } from '../abort';
import { LeaseLost } from '../destinations/errors';
import { finalMessage, ReplicatorError } from '../errors';
import type { VerifyReport, VerifyRequest } from './verify';

/** The pipeline stopped before it finished a request. */
export class CutShort extends ReplicatorError {
  readonly kind = 'retry';

  constructor(
    readonly request: string,
    options?: ErrorOptions,
  ) {
    super(
      `The ${request} was interrupted because the pipeline stopped. Nothing is lost; run it again.`,
      options,
    );
  }
}

/** A verify failed; the pipeline continues (rule V2). */
export class VerifyFailed extends ReplicatorError {
  readonly kind = 'retry';

  constructor(override readonly cause: Error) {
    super(
      `The verify failed without a result: ${finalMessage(cause)}\nReplication continues, and the verify left ` +
        `nothing in the destination. Fix the cause, then run verify again.`,
      { cause },
    );
  }
}

/** Ends a generation because a user requested a new one. Never leaves the pipeline. */
export class ResyncRequested extends Error {
  constructor() {
    super('a new generation was requested');
    this.name = 'ResyncRequested';
  }
}

interface Waiting<Result> {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** A load that runs. */
interface Loading {
  readonly generation: number;
  readonly onJoined: () => void;
  /** What a publish has read may lack a change that was made by hand before a request. */
  isPublishing: boolean;
}

/**
 * The requests of users to a table's pipeline, which they can make before it runs. Each ends with the stored result, or with the error
 * that stopped the pipeline. None depends on an event being received.
 */
export class Requests {
  private readonly verifies: (Waiting<VerifyReport> & { readonly request: VerifyRequest })[] = [];
  /** Resyncs whose generation has not begun yet. */
  private readonly asked: Waiting<void>[] = [];
  /** Resyncs whose generation has begun and is not published yet. */
  private readonly begun: (Waiting<void> & { readonly generation: number })[] = [];
  private loading: Loading | undefined;
  /** Callers that wait until any generation is published. */
  private readonly readers: Waiting<void>[] = [];
  private isPublished = false;
  private isStopped = false;
  private isClosed = false;
  private wake: (() => void) | undefined;

  /** @throws CutShort when the pipeline stops before the end */
  verify(request: VerifyRequest): Promise<VerifyReport> {
    return this.isStopped
      ? Promise.reject(new CutShort('verify'))
      : this.wait((waiting) => this.verifies.push({ ...waiting, request }));
  }

  /**
   * Resolves when a generation whose publish begins after this call is published: the one that loads now, or a new one.
   * @throws CutShort, ResyncFailed, or the error that stops the pipeline
   */
  resync(): Promise<void> {
    if (this.isClosed) return Promise.reject(new CutShort('resync'));
    return this.wait((waiting) => {
      this.asked.push(waiting);
      this.join();
    });
  }

  /** Resolves when the table is published, at once if it already is. @throws CutShort, or the error that stops the pipeline */
  untilPublished(): Promise<void> {
    if (this.isPublished) return Promise.resolve();
    return this.isClosed
      ? Promise.reject(new CutShort('load'))
      : this.wait((waiting) => this.readers.push(waiting));
  }

  get wantsResync(): boolean {
    return this.asked.length > 0;
  }

  /** The pipeline starts. */
  start(): void {
    this.isStopped = false;
  }

  /** A generation begins. It serves every resync requested so far. */
  generationBegins(generation: number): void {
    for (const { resolve, reject } of this.asked.splice(0)) this.begun.push({ resolve, reject, generation });
  }

  /** The load of a generation runs: it serves every resync until its publish begins. @param onJoined called when it serves another one */
  loads(generation: number, onJoined: () => void): void {
    this.loading = { generation, onJoined, isPublishing: false };
    this.join();
  }

  /** The load is about to be published. A resync that is requested now waits for it, and gets another generation. */
  publishes(): void {
    if (this.loading) this.loading.isPublishing = true;
  }

  /** The load does not run any more. */
  loadEnds(): void {
    this.loading = undefined;
  }

  /** A generation was published. A resync with a later number is queued again: a failover lost the start of its generation. */
  published(published: number): void {
    this.isPublished = true;
    this.loading = undefined;
    for (const waiting of this.begun.splice(0)) {
      if (waiting.generation <= published) waiting.resolve();
      else this.asked.push(waiting);
    }
    for (const { resolve } of this.readers.splice(0)) resolve();
    this.wake?.();
  }

  /** The load cannot finish: the resyncs that it serves wait for another one. @returns whether there are any */
  leaveLoad(): boolean {
    for (const { resolve, reject } of this.begun.splice(0)) this.asked.push({ resolve, reject });
    return this.wantsResync;
  }

  /** The load that serves every resync begun so far has failed, and the table goes on without it (rule P3). */
  resyncFailed(failure: Error): void {
    for (const { reject } of this.begun.splice(0)) reject(failure);
  }

  /**
   * Executes requests one after the other. A verify that fails rejects only its own request (rule V2).
   * @throws ResyncRequested, LeaseLost, and the signal's reason
   */
  async execute(
    verify: (request: VerifyRequest) => Promise<VerifyReport>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      await this.untilAsked(signal);
      if (this.isResyncDue) throw new ResyncRequested();
      const waiting = this.verifies.shift();
      if (waiting === undefined) continue;
      try {
        waiting.resolve(await verify(waiting.request));
      } catch (error) {
        // A fenced or stopping pipeline executes nothing more.
        if (signal.aborted || error instanceof LeaseLost) {
          waiting.reject(new CutShort('verify', { cause: error }));
          throw error;
        }
        waiting.reject(new VerifyFailed(error instanceof Error ? error : new Error(String(error))));
      }
    }
  }

  /** The pipeline has stopped, with an error or on request: reject everything that still waits. */
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

  /** Unless a load has to be published first. */
  private get isResyncDue(): boolean {
    return this.wantsResync && this.loading === undefined;
  }

  private join(): void {
    const { loading } = this;
    if (loading === undefined || loading.isPublishing || !this.wantsResync) return;
    this.generationBegins(loading.generation);
    loading.onJoined();
  }

  private wait<Result>(enqueue: (waiting: Waiting<Result>) => void): Promise<Result> {
    return new Promise((resolve, reject) => {
      enqueue({ resolve, reject });
      this.wake?.();
    });
  }

  private async untilAsked(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (!this.isResyncDue && this.verifies.length === 0) {
      const woken = new Promise<void>((resolve) => (this.wake = resolve));
      const unlink = onAbort(signal, () => this.wake?.());
      await woken;
      unlink();
      this.wake = undefined;
      signal.throwIfAborted();
    }
  }
}
