import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { linePrinted } from '../printed-line';
import { pictureIfStalled, progress } from '../tiers/progress';
import { packageFolder } from './package';

/** A JSON line of the log, or a line of plain text. */
export interface Line {
  readonly text: string;
  /** Name of the event, in JSON lines. */
  readonly event?: string;
  readonly pipeline?: string;
  readonly phase?: string;
  readonly watermark?: string;
}

export interface Ended {
  /** Exit code; null when a signal ended the process. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Limit of lines while waiting for one, so that a process that never prints it is detected. */
const MOST_LINES = 10_000;

const alive = new Set<Command>();

/** Ends processes that a failed test left running. For `afterEach`. */
export async function endAll(): Promise<void> {
  await Promise.all([...alive].map((command) => command.kill()));
}

/** How a command is started. */
export interface Launch {
  readonly program: string;
  /** Words before the command's own. */
  readonly before: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder?: string | undefined;
  /** The process that gets signals, if it is not the child itself. */
  readonly signalled?: (pid: number) => number;
}

/** The installed command, with credentials for the simulator. */
function installed(folder: string | undefined): Launch {
  return {
    program: process.execPath,
    before: [join(packageFolder(), 'dist', 'command', 'cli.js')],
    folder,
    environment: {
      PATH: process.env['PATH'],
      // Without the configuration of the user who runs the tests.
      HOME: packageFolder(),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  };
}

/** The command `dynamodb-replicator` as a child process, in its own process group. */
export class Command {
  /** The lines that it has printed so far. */
  readonly lines: Line[] = [];
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;
  private readonly listeners = new Set<(line: Line | undefined) => void>();
  private stdout = '';
  private stderr = '';

  private constructor(
    private readonly words: readonly string[],
    private readonly launch: Launch,
  ) {
    const { program, before, folder, environment } = launch;
    this.child = spawn(program, [...before, ...words], {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
    });
    alive.add(this);
    const takeBack = pictureIfStalled(() => this.picture());
    this.listen(this.child.stdout, (chunk) => (this.stdout += chunk));
    this.listen(this.child.stderr, (chunk) => (this.stderr += chunk));
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        alive.delete(this);
        takeBack();
        progress();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
        for (const listener of [...this.listeners]) listener(undefined);
      });
    });
  }

  /** `folder`: its working directory. */
  static start(words: readonly string[], folder?: string): Command {
    return new Command(words, installed(folder));
  }

  static launch(words: readonly string[], launch: Launch): Command {
    return new Command(words, launch);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get hasEnded(): boolean {
    return !alive.has(this);
  }

  /** The first matching line, already printed or still to come. @throws Error if the command ends, or prints too many lines, without it */
  line(what: string, fits: (line: Line) => boolean): Promise<Line> {
    const found = this.lines.find(fits);
    if (found) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => {
        this.listeners.delete(listener);
        how();
      };
      const fail = (why: string) => settle(() => reject(new Error(`${why} ${what}\n${this.picture()}`)));
      const most = this.lines.length + MOST_LINES;
      const listener = (line: Line | undefined) => {
        if (line === undefined) fail('it ended before it printed');
        else if (fits(line)) settle(() => resolve(line));
        else if (this.lines.length > most) fail(`it printed ${MOST_LINES} lines, but not`);
      };
      if (this.hasEnded) fail('it ended before it printed');
      else this.listeners.add(listener);
    });
  }

  /** The line that reports this phase, for any table or for `table`. */
  phase(wanted: string, table = ''): Promise<Line> {
    return this.line(`phase ${wanted} ${table}`, ({ phase, pipeline }) => {
      return phase === wanted && (pipeline?.endsWith(table) ?? false);
    });
  }

  send(signal: NodeJS.Signals): void {
    if (this.hasEnded) return;
    process.kill(this.launch.signalled?.(this.pid) ?? this.pid, signal);
  }

  /** Waits until it ends, by itself or by a signal. */
  end(): Promise<Ended> {
    return this.ended;
  }

  /** Sends SIGKILL and waits until its processes are gone and all output has arrived. */
  kill(): Promise<Ended> {
    this.send('SIGCONT');
    this.send('SIGKILL');
    return this.ended;
  }

  /** The command line and the last lines, for error messages. */
  picture(): string {
    const last = this.lines.slice(-15).map(({ text }) => `  ${text.slice(0, 400)}`);
    return [`$ dynamodb-replicator ${this.words.join(' ')}`, ...last].join('\n');
  }

  private listen(stream: Readable | null, keep: (chunk: string) => void): void {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      keep(chunk);
      const texts = (rest + chunk).split('\n');
      rest = texts.pop() ?? '';
      for (const line of texts.map(readLine)) {
        linePrinted(line.text);
        this.lines.push(line);
        for (const listener of [...this.listeners]) listener(line);
      }
    });
  }
}

/** Runs a command to its end. */
export function runToEnd(words: readonly string[]): Promise<Ended> {
  return Command.start(words).end();
}

function readLine(text: string): Line {
  if (!text.startsWith('{')) return { text };
  try {
    return { ...(JSON.parse(text) as object), text };
  } catch {
    return { text };
  }
}
