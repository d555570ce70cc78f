import { counted } from './figures';

/** More would be too many to read. */
const MOST_LINES = 500;

/** Lines that wait until a question is answered, so that none is printed into it. The oldest are left out when there are too many. */
export class HeldLines {
  private readonly lines: string[] = [];
  private leftOut = 0;

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length <= MOST_LINES) return;
    this.lines.shift();
    this.leftOut++;
  }

  all(): readonly string[] {
    return this.leftOut === 0 ? this.lines : [`(${counted(this.leftOut, 'line')} left out)`, ...this.lines];
  }
}
