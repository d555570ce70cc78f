import { ReplicatorError } from '../errors';
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

/** Ends a generation because a user wants a new one. Never leaves the pipeline. */
export class ResyncRequested extends Error {
  constructor() {
    super('a new generation was asked for');
    this.name = 'ResyncRequested';
  }
}

interface VerifyRequest {
  resolve(report: VerifyReport): void;
  reject(error: Error): void;
}

/** What users ask of a running pipeline, carried out one after the other. */
export class Requests {
  private readonly waiting: (VerifyRequest | 'resync')[] = [];
  private wake: (() => void) | undefined;

  verify(): Promise<VerifyReport> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.wake?.();
    });
  }

  resync(): void {
    this.waiting.push('resync');
    this.wake?.();
  }

  /** Ends by its signal or an error only; a verify that fails stops the pipeline as any failure would. @throws ResyncRequested */
  async carryOut(verify: () => Promise<VerifyReport>, signal: AbortSignal): Promise<void> {
    for (;;) {
      const request = await this.next(signal);
      if (request === 'resync') throw new ResyncRequested();
      try {
        request.resolve(await verify());
      } catch (error) {
        request.reject(new CutShort('verify', { cause: error }));
        throw error;
      }
    }
  }

  /** The pipeline has stopped: nobody will carry out what still waits. */
  cutShort(cause: unknown): void {
    for (const request of this.waiting.splice(0)) {
      if (request !== 'resync') request.reject(new CutShort('verify', { cause }));
    }
  }

  private async next(signal: AbortSignal): Promise<VerifyRequest | 'resync'> {
    for (;;) {
      signal.throwIfAborted();
      const request = this.waiting.shift();
      if (request) return request;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      this.wake = undefined;
    }
  }
}
