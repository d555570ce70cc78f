import { counted } from './figures';

/** More would be too many to read. */
const MOST_LINES = 500;

/**
 * Lines that wait until a question is answered, so that none is printed into it. A line that waits already is not repeated, and the oldest
 * are left out when there are too many.
 */
export class HeldLines {
  private readonly lines = new Set<string>();
  private leftOut = 0;

  add(line: string): void {
    this.lines.add(line);
    if (this.lines.size <= MOST_LINES) return;
    const [oldest] = this.lines;
    if (oldest !== undefined) this.lines.delete(oldest);
    this.leftOut++;
  }

  all(): readonly string[] {
    const left = this.leftOut === 0 ? [] : [`(${counted(this.leftOut, 'line')} left out)`];
    return [...left, ...this.lines];
  }
}
