import type { Clock } from '../clock';
import { ReplicatorError } from '../errors';
import type { ServiceClock } from './services';

/** AWS's time is unknown before its first response. */
export class ServiceTimeUnknown extends ReplicatorError {
  readonly kind = 'retry';

  constructor() {
    super('AWS’s time is unknown before its first response.');
  }
}

/** A response this far behind shows that the local clock runs fast; a smaller difference comes from rounding down to the second. */
const DRIFT_MS = 2_000;

/**
 * AWS's time: the newest `Date` of its responses plus the local time since. `Date` is rounded down to the second and takes time
 * to arrive. So this is never later than the true time, and earlier by at most a second plus the delay; every rule's margin is
 * wider. A wrong local clock does not matter (fault table, row 40).
 */
export class AnsweredClock implements ServiceClock {
  private date: number | undefined;
  private answeredAt = 0;
  private latest = 0;

  constructor(private readonly local: Clock) {}

  now(): number {
    if (this.date === undefined) throw new ServiceTimeUnknown();
    const time = Math.floor(this.date + this.local.elapsedMs() - this.answeredAt);
    this.latest = Math.max(this.latest, time);
    return this.latest;
  }

  /** Takes the `Date` header of a response that has just arrived, and ignores anything that is not a date. */
  answered(date: string | undefined): void {
    const time = date === undefined ? NaN : Date.parse(date);
    if (Number.isNaN(time)) return;
    const sinceKnown = this.local.elapsedMs() - this.answeredAt;
    const behind = this.date === undefined ? 0 : this.date + sinceKnown - time;
    if (behind > 0 && behind < DRIFT_MS) return;
    this.date = time;
    this.answeredAt = this.local.elapsedMs();
  }
}
