import { AwsFault } from './faults';
import type { AwsServices } from './services';

/** An answer that is the same so many times in a row is what this server always gives. */
const MOST_TRIES = 5;

/**
 * Answers to one call that AWS does not give, in a row. A server that always lacks something, as an emulator may, would be asked
 * without end, and could take each request for a new export.
 */
export class StrangeAnswers {
  private last: string | undefined;
  private count = 0;

  constructor(private readonly server: Pick<AwsServices, 'region' | 'cli'>) {}

  /**
   * Counts a fault.
   * @param hasSucceeded whether the operation has ever been answered as AWS does: without content an answer may be an accident then
   * @returns the fault to give up with, once it has been the same often enough
   */
  after(fault: AwsFault, hasSucceeded: boolean): AwsFault | undefined {
    const isStrange = fault.code === 'ForeignAnswer' || (fault.code === 'UnreadableAnswer' && !hasSucceeded);
    this.count = isStrange && fault.message === this.last ? this.count + 1 : 1;
    this.last = isStrange ? fault.message : undefined;
    return isStrange && this.count === MOST_TRIES ? this.refusal(fault) : undefined;
  }

  private refusal({ operation, code, httpStatus, cause }: AwsFault): AwsFault {
    const { region, cli } = this.server;
    const message =
      `${cli.endpoint ?? `AWS in ${region}`} does not answer ${operation} as AWS does, ${MOST_TRIES} times in a row: ` +
      `${(cause as Error).message} An emulator has to give what AWS gives, exports and streams included; ` +
      `"dynamodb-replicator simulator" does.`;
    return new AwsFault(operation, code, 'fatal', 'slow', httpStatus, message, { cause });
  }
}
