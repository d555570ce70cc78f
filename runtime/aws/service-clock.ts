import type { Clock } from '../clock';
import { ReplicatorError } from '../errors';
import type { ServiceClock } from './services';

/** The service's time was asked for before it had answered anything. */
export class ServiceTimeUnknown extends ReplicatorError {
  readonly kind = 'retry';

  constructor() {
    super('No answer from AWS yet, so its time is not known. Call it once before asking for the time.');
  }
}

/** An answer that much behind the time kept says that the local clock runs fast; less is the floor to the second. */
const DRIFT_MS = 2_000;

/**
 * The service's time: the newest `Date` of its answers plus the local time since. `Date` is floored to the second and has
 * travelled, so this is never later than the truth, and earlier by a second plus the way at most; every rule's margin
 * is wider than that. A wrong local clock does not matter (fault table, row 40).
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

  /** Takes the `Date` header of an answer that has just come; anything that is no date is left aside. */
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
