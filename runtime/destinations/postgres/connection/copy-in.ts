import type { CopyStreamQuery } from 'pg-copy-streams';

/** A running `COPY … FROM STDIN`. Its methods throw what the driver throws. */
export class CopyIn {
  private readonly failure: Promise<never>;
  private readonly closed: Promise<void>;
  private error: Error | undefined;

  constructor(private readonly stream: CopyStreamQuery) {
    this.failure = new Promise((_, reject) => {
      stream.on('error', (error) => {
        this.error ??= error;
        reject(this.error);
      });
    });
    // It may fail while nobody waits for it. Then the next call throws the error.
    this.failure.catch(() => undefined);
    this.closed = new Promise((resolve) => stream.once('close', () => resolve()));
  }

  /** Returns when the system has the bytes, and the buffer may be reused. */
  async write(bytes: Buffer): Promise<void> {
    if (this.error !== undefined) throw this.error;
    await Promise.race([
      new Promise<void>((resolve) => this.stream.write(bytes, () => resolve())),
      this.failure,
    ]);
  }

  /** Returns when the server has received all lines. */
  async end(): Promise<void> {
    if (this.error !== undefined) throw this.error;
    await Promise.race([new Promise<void>((resolve) => this.stream.end(resolve)), this.failure]);
  }

  /** Aborts the copy. Afterwards the transaction can only be rolled back. */
  async abandon(): Promise<void> {
    if (this.error !== undefined) return;
    this.stream.destroy(new Error('the load was given up'));
    await this.closed;
  }
}
