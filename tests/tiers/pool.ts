import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromWorker, ToWorker } from './messages';
import { killTree } from './process-tree';

/** A worker without progress for this long is ended. */
export const STALL_MS = 90_000;
/** How long a stalled worker has to describe its state. */
const PICTURE_MS = 5_000;
const LOOK_EVERY_MS = 1_000;
const OUTPUT_LENGTH = 200_000;

export interface Outcome<Result> {
  /** Undefined if the worker stalled or exited before it was done. */
  readonly result?: Result;
  /** What ran last, and why there is no result. */
  readonly failed?: { readonly during: string; readonly why: string };
  /** The last 200,000 characters that it printed. */
  readonly output: string;
  readonly wallMs: number;
}

export interface PoolOptions<Task, Result> {
  /** The worker's module, which calls `serve`. */
  readonly module: string;
  readonly size: number;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The next task for an idle worker; undefined ends the worker. */
  readonly next: () => Task | undefined;
  readonly started?: (task: Task) => void;
  readonly done: (task: Task, outcome: Outcome<Result>) => void;
  /** Called if a worker fails between tasks or after its last one. */
  readonly late: (why: string) => void;
  readonly stallMs?: number;
}

/** Parallel worker processes, each with one task at a time. If one stalls or dies, only its task is lost. */
export class Pool<Task, Result> {
  private readonly workers = new Set<Worker<Result>>();
  private isEnding = false;

  constructor(private readonly options: PoolOptions<Task, Result>) {}

  /** Resolves when no task is left; never after `end`. */
  async run(): Promise<void> {
    await Promise.all(Array.from({ length: this.options.size }, () => this.lane()));
    if (this.isEnding) await new Promise(() => undefined);
  }

  /** Ends all workers immediately, with the processes they started, and starts no others. */
  async end(): Promise<void> {
    this.isEnding = true;
    await Promise.all([...this.workers].map((worker) => worker.end()));
  }

  private async lane(): Promise<void> {
    const { module, environment, stallMs = STALL_MS, next, started, done } = this.options;
    let worker: Worker<Result> | undefined;
    for (let task = next(); task !== undefined && !this.isEnding; task = next()) {
      if (worker?.hasEnded) worker = await this.closed(worker);
      if (worker === undefined) {
        worker = new Worker(module, environment ?? process.env, stallMs);
        this.workers.add(worker);
      }
      started?.(task);
      const outcome = await worker.carry(task);
      if (this.isEnding) return;
      done(task, outcome);
      // The outcome has the reason.
      if (worker.hasEnded) {
        this.workers.delete(worker);
        worker = undefined;
      }
    }
    if (worker !== undefined) await this.closed(worker);
  }

  /** Closes a worker and reports it if it failed between tasks or after its last one. */
  private async closed(worker: Worker<Result>): Promise<undefined> {
    const late = await worker.close();
    this.workers.delete(worker);
    if (late !== undefined && !this.isEnding) this.options.late(late);
  }
}

class Worker<Result> {
  hasEnded = false;
  private readonly child: ChildProcess;
  private readonly ended: Promise<string>;
  private heardAt = performance.now();
  private during = 'the start of its worker';
  private output = '';
  private onDone: ((result: Result) => void) | undefined;
  private onPicture: ((text: string) => void) | undefined;

  constructor(
    module: string,
    environment: Readonly<Record<string, string | undefined>>,
    private readonly stallMs: number,
  ) {
    this.child = fork(module, [], {
      execArgv: ['-r', join(__dirname, '../load-typescript.cjs')],
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-OUTPUT_LENGTH);
      });
    }
    this.child.on('message', (message: FromWorker) => this.hear(message));
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => {
        this.hasEnded = true;
        resolve(
          signal === null ? `its process exited with code ${code}` : `its process was killed by ${signal}`,
        );
      });
    });
  }

  async carry(task: unknown): Promise<Outcome<Result>> {
    const startedAt = performance.now();
    this.output = '';
    this.during = 'the start of its task';
    this.heardAt = startedAt;
    const done = new Promise<Result>((resolve) => (this.onDone = resolve));
    this.child.send({ kind: 'task', task } satisfies ToWorker);
    let timer: NodeJS.Timeout | undefined;
    const stalled = new Promise<'stalled'>((resolve) => {
      timer = setInterval(() => {
        if (performance.now() - this.heardAt > this.stallMs) resolve('stalled');
      }, LOOK_EVERY_MS);
    });
    const end = await Promise.race([
      done.then((result) => ({ result })),
      this.ended.then((why) => ({ failed: { during: this.during, why } })),
      stalled,
    ]);
    clearInterval(timer);
    // Its output may arrive after its last message.
    await new Promise((resolve) => setImmediate(resolve));
    const outcome =
      end === 'stalled' ? { failed: { during: this.during, why: await this.endStalled() } } : end;
    return { ...outcome, output: this.output, wallMs: performance.now() - startedAt };
  }

  /** Waits for a clean exit, so that its children, such as a database server, end with it. */
  async close(): Promise<string | undefined> {
    if (!this.hasEnded) this.child.disconnect();
    const timer = setTimeout(() => void this.end(), this.stallMs);
    const why = await this.ended;
    clearTimeout(timer);
    return this.child.exitCode === 0 ? undefined : `after ${this.during}: ${why}\n${this.output}`;
  }

  async end(): Promise<void> {
    if (!this.hasEnded && this.child.pid !== undefined) await killTree(this.child.pid);
  }

  private async endStalled(): Promise<string> {
    const picture = await new Promise<string>((resolve) => {
      this.onPicture = resolve;
      this.child.send({ kind: 'stalled' } satisfies ToWorker);
      setTimeout(() => resolve('It does not answer: its event loop is blocked.'), PICTURE_MS);
    });
    await this.end();
    await this.ended;
    return `no progress for ${this.stallMs / 1_000} s\n${picture}`;
  }

  private hear(message: FromWorker): void {
    this.heardAt = performance.now();
    if (message.kind === 'began') this.during = message.what;
    else if (message.kind === 'done') this.onDone?.(message.result as Result);
    else if (message.kind === 'picture') this.onPicture?.(message.text);
  }
}
