import { AwsFault } from '../../runtime/aws/faults';
import type { Operation } from '../../runtime/aws/operations';
import { ExportFailed } from '../../runtime/export/errors';
import type { FaultRule } from '../../simulator';
import type { World } from './world';

type Failure = FaultRule['answer'];

const DENIED: Failure = { kind: 'error', type: 'AccessDeniedException', message: 'not authorized' };
const OBJECT_DENIED: Failure = { kind: 'error', type: 'AccessDenied', status: 403 };
const FORGOTTEN: Failure = { kind: 'error', type: 'ExportNotFoundException' };
const BROKEN: Failure = { kind: 'error', type: 'InternalServerError', status: 500 };

/** What AWS refuses for hours, or has lost: somebody took a permission away, a shard is stuck, an export failed or expired. */
export class Outages {
  private readonly denied = new Set<Operation>();
  private exportsFail = false;

  constructor(private readonly world: World) {}

  /** Takes a permission away for this long. */
  deny(operation: Operation, ms: number): void {
    this.denied.add(operation);
    this.during(ms, { operation, answer: operation === 'GetObject' ? OBJECT_DENIED : DENIED });
  }

  /** Fails every read of a shard for this long. */
  stick(shardId: string, ms: number): void {
    for (const operation of ['GetRecords', 'GetShardIterator'])
      this.during(ms, { operation, containing: shardId, answer: BROKEN });
  }

  /** AWS no longer knows an export. */
  expire(exportArn: string): void {
    const { faults } = this.world.simulator;
    faults.add({ operation: 'DescribeExport', containing: exportArn, answer: FORGOTTEN });
  }

  /** AWS may not write the next export that ends. */
  failNextExport(): void {
    this.exportsFail = true;
    this.world.simulator.failNextExport('S3AccessDenied');
  }

  /** Whether an outage may have stopped a process with this error. */
  explains(error: Error): boolean {
    if (error instanceof ExportFailed) return this.exportsFail;
    return error instanceof AwsFault && error.permission !== undefined && this.denied.has(error.operation);
  }

  private during(ms: number, rule: FaultRule): void {
    const { clock, simulator } = this.world;
    const fault = simulator.faults.add(rule);
    void clock.sleep(ms).then(() => fault.remove());
  }
}
