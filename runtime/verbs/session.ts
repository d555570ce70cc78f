import { onAbort } from '../abort';
import { retrying } from '../aws/retrying';
import { SdkServices } from '../aws/sdk';
import type { AwsServices } from '../aws/services';
import type { AwsSettings } from '../aws/settings';
import { type Clock, LocalClock } from '../clock';
import type { Settings } from '../config';
import { type ControlServer, serveControl } from '../control/control';
import { announceStart, unlessStarting } from '../control/starting';
import { exportCostUsd } from '../../cost/costs';
import type { OperableDestination } from '../destinations/destination';
import { Events } from '../observe/events';
import { tableOf } from '../observe/figures';
import type { Screen } from '../observe/progress';
import { StatusBoard } from '../observe/status';
import type { HealAnswer, HealPlan } from '../pipeline/context';
import { resyncCommand } from '../pipeline/resync-command';
import { Replicator, type ReplicatorOptions, type RunOutcome } from '../replicator';
import { type PipelineReport, reportOf } from '../control/report';
import { catchStrayErrors } from '../stray-errors';
import { HealQuestions } from './ask-heal';
import { awaitDestination } from './await-destination';
import { isForPeople, observe, type Observed, type Observers } from './observers';
import { awsOf, openPlace } from '../open';
import type { Terminal } from './terminal';

/** The estimated cost of exporting a table. */
export interface ExportEstimate {
  readonly table: string;
  readonly tableBytes: number;
  readonly priceUsd: number;
}

/** A replicator with its AWS clients, destination and observers, opened for one command. */
export class Session {
  readonly events = new Events();
  readonly board: StatusBoard;
  replicator: Replicator;
  /** What monitoring and progress watch. */
  readonly observed: Observed;
  private readonly observers: Observers;
  /** `undefined`: the limits alone decide what is healed. */
  private readonly healQuestions: HealQuestions | undefined;

  private constructor(
    readonly settings: Settings,
    public destination: OperableDestination,
    private readonly aws: SdkServices,
    readonly clock: Clock,
    private readonly terminal: Terminal,
    screen: Screen,
  ) {
    const elapsedMs = () => clock.elapsedMs();
    this.board = new StatusBoard(this.events, elapsedMs);
    this.replicator = this.replicatorInto(destination);
    this.observed = { events: this.events, board: this.board, clock, now: () => this.now() };
    this.observers = observe(this.observed, screen, settings);
    if (screen === terminal.errors && isForPeople(settings.log, screen))
      this.events.on('pipeline.failed', ({ error }) => void terminal.shown?.add(error));
    if (!settings.yes && terminal.canAsk && screen.isTTY === true)
      this.healQuestions = new HealQuestions({
        events: this.events,
        terminal,
        hold: () => this.observers.hold(),
        answered: (pipeline) => this.replicator.tryAgain(pipeline),
      });
  }

  /**
   * @param local for AWS simulated in this process
   * @throws AwsFault when no region is configured
   */
  static async open(
    settings: Settings,
    terminal: Terminal,
    screen: Screen,
    local: Pick<AwsSettings, 'credentials' | 'usesProxies'> = {},
  ): Promise<Session> {
    const clock = new LocalClock(settings.clockRate);
    const aws = await SdkServices.open({ ...awsOf(settings), ...local }, clock);
    const destination = await openPlace(settings, local.credentials);
    return new Session(settings, destination, aws, clock, terminal, screen);
  }

  /**
   * Works on a copy of the destination from now on. The replicator then only follows, since nobody would keep what it
   * loads. Call this before `run`.
   */
  async moveTo(copy: OperableDestination): Promise<void> {
    await this.destination.close();
    this.destination = copy;
    this.replicator = this.replicatorInto(copy, { onlyFollows: true });
  }

  /**
   * Runs the replicator until the signal aborts or no table is left. Meanwhile it answers `status`, `verify` and `resync` of
   * other processes. With `health.port` it waits for a destination that is unreachable at the start.
   */
  async run(signal: AbortSignal): Promise<RunOutcome> {
    const stopCatching = catchStrayErrors((error) => this.reportStray(error));
    try {
      return await this.runCatching(signal);
    } finally {
      stopCatching();
    }
  }

  private async runCatching(signal: AbortSignal): Promise<RunOutcome> {
    let control: ControlServer;
    const withdraw = await announceStart(this.destination.control);
    try {
      control = await unlessStarting(this.destination.control, async () => {
        if (this.settings.health.port !== undefined)
          await awaitDestination((until) => this.destination.probe(until), this, signal);
        return this.serveControl(signal);
      });
    } catch (error) {
      await withdraw();
      // Nothing has started yet.
      if (signal.aborted) return { failed: [] };
      throw error;
    }
    const stopListening = onAbort(this.terminal.interrupted, () =>
      this.say('Stopping; committing pending changes first.'),
    );
    try {
      return await this.replicator.run(signal);
    } finally {
      stopListening();
      await control.close();
    }
  }

  say(line: string): void {
    this.observers.say(line);
  }

  async reports(): Promise<readonly PipelineReport[]> {
    const elapsedMs = this.clock.elapsedMs();
    return Promise.all(
      this.board.all().map(async (status) => {
        const record = await this.destination.inspect(status.pipeline);
        const table = tableOf(status.pipeline);
        const retry = this.board.retries.get(table);
        const live = { status, elapsedMs, retry };
        const resync = resyncCommand(table, this.settings);
        return reportOf(status.pipeline, record, live, this.now() ?? Date.now(), resync);
      }),
    );
  }

  /** @throws AwsFault */
  async estimates(table: string | undefined, signal: AbortSignal): Promise<readonly ExportEstimate[]> {
    const aws = answering(this.aws, this.clock, this.events);
    return Promise.all(
      this.tables(table).map(async (name) => {
        const { sizeBytes } = await aws.describeTable(name, signal);
        return { table: name, tableBytes: sizeBytes, priceUsd: exportCostUsd(sizeBytes) };
      }),
    );
  }

  async close(): Promise<void> {
    this.healQuestions?.close();
    this.observers.close();
    this.aws.close();
    await this.destination.close();
  }

  private replicatorInto(
    destination: OperableDestination,
    options: Pick<ReplicatorOptions, 'onlyFollows'> = {},
  ): Replicator {
    const { settings, aws, clock, events } = this;
    const consent = (plan: HealPlan): HealAnswer => this.healQuestions?.answerTo(plan) ?? 'agreed';
    return new Replicator({ settings, aws, destination, clock, events, consent, ...options });
  }

  private reportStray({ message, stack }: Error): void {
    this.events.emit('replicator.strayError', { message, stack });
  }

  private serveControl(signal: AbortSignal): Promise<ControlServer> {
    return serveControl(
      this.destination.control,
      this.tables(undefined),
      {
        status: () => this.reports(),
        estimate: ({ table, signal: gone }) => this.estimates(table, gone),
        verify: ({ table, sample, report }) =>
          this.each(table, report, async (name) => this.replicator.verify(name, sample)),
        resync: ({ table, report }) => this.each(table, report, async (name) => this.replicator.resync(name)),
      },
      { hold: () => this.destination.probe(signal), report: (error) => this.reportStray(error) },
    );
  }

  private now(): number | undefined {
    try {
      return this.aws.clock.now();
    } catch {
      return undefined;
    }
  }

  private tables(table: string | undefined): readonly string[] {
    return table === undefined ? this.settings.tables.map(({ name }) => name) : [table];
  }

  private async each<Result>(
    table: string | undefined,
    report: (progress: string) => void,
    work: (table: string) => Promise<Result>,
  ): Promise<readonly { table: string; result: Result }[]> {
    const say = (pipeline: string, text: string) => {
      const name = tableOf(pipeline);
      if (table === undefined || table === name) report(`${name}: ${text}`);
    };
    const stops = [
      this.events.on('verify.progress', ({ pipeline, stage }) => say(pipeline, stage)),
      this.events.on('resync.joined', ({ pipeline, message }) => say(pipeline, message)),
    ];
    try {
      return await Promise.all(
        this.tables(table).map(async (name) => ({ table: name, result: await work(name) })),
      );
    } finally {
      for (const stop of stops) stop();
    }
  }
}

/** AWS for a command that a person waits for: gives up after a few tries. */
export function answering(aws: AwsServices, clock: Clock, events: Events): AwsServices {
  return retrying(aws, { clock, events, random: Math.random, limit: 3 });
}
