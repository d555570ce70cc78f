import type { Clock } from '../clock';
import { type Counts, Counters } from './counters';
import { awaitingLine, heartbeatLine, type MetricsOwner, since, tableLine } from './embedded-metrics';
import type { Events } from './events';
import { tableOf } from './figures';
import { METRIC_PERIOD_SECONDS } from './metrics';
import { readingsOf } from './readings';
import type { StatusBoard } from './status';

export interface MetricLogParts {
  readonly owner: MetricsOwner;
  readonly events: Events;
  readonly board: StatusBoard;
  readonly clock: Clock;
  /** AWS's time in epoch ms; undefined before its first response. */
  readonly now: () => number | undefined;
  /** Writes one line, given without its line break. */
  readonly write: (line: string) => void;
}

/** Writes the metrics to the log: at the start, every minute, and at the end, so that no count is lost. */
export class MetricLog {
  private readonly counters: Counters;
  private readonly emitted = new Map<string, Counts>();

  constructor(private readonly parts: MetricLogParts) {
    this.counters = new Counters(parts.events);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.parts;
    while (!signal.aborted) {
      this.writeAll();
      await clock.sleep(METRIC_PERIOD_SECONDS * 1000, signal).catch(() => undefined);
    }
    this.writeAll();
  }

  private writeAll(): void {
    const { owner, board, clock, now, write } = this.parts;
    const moment = { elapsedMs: clock.elapsedMs(), now: now() };
    // CloudWatch drops figures that are hours off. The machine's clock is used only before AWS's time is known.
    const timestamp = moment.now ?? Date.now();
    write(heartbeatLine(owner, timestamp));
    if (board.awaited !== undefined) write(awaitingLine(owner, timestamp));
    for (const status of board.all()) {
      const { pipeline } = status;
      const counts = this.counters.of(pipeline);
      const before = this.emitted.get(pipeline) ?? { recordsApplied: 0, rowsLoaded: 0, deadLetters: 0 };
      this.emitted.set(pipeline, counts);
      const readings = readingsOf(status, since(before, counts), moment);
      write(tableLine(owner, timestamp, tableOf(pipeline), readings));
    }
  }
}
