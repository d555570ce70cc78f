import { AwsFault } from './faults';
import type { AwsServices } from './services';

/** After this many identical responses in a row, the server always responds like that. */
const MOST_TRIES = 5;

/**
 * Counts responses to one call, in a row, that AWS would not send. Otherwise an emulator that lacks something would be called
 * without end, and could take each request for a new export.
 */
export class StrangeAnswers {
  private last: string | undefined;
  private count = 0;

  constructor(private readonly server: Pick<AwsServices, 'region' | 'cli'>) {}

  /**
   * Counts a fault.
   * @param hasSucceeded whether the operation has ever succeeded: then a response without content may be an accident
   * @returns the fault to give up with, once there were enough identical ones
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
      `${cli.endpoint ?? `AWS in ${region}`} did not respond to ${operation} as AWS does, ${MOST_TRIES} times in a row: ` +
      `${(cause as Error).message} An emulator must respond as AWS does, including exports and streams, as ` +
      `"dynamodb-replicator simulator" does.`;
    return new AwsFault(operation, code, 'fatal', 'slow', httpStatus, message, { cause });
  }
}
