import { RunningClock, Simulator } from '../../simulator';
import { exportInstead, generateFiles } from './generated-export';
import { passingFiles } from './passing-export';
import type { Shape } from './shapes';

/** Sent to the parent when the source is ready. */
export interface Ready {
  readonly url: string;
  readonly items: number;
  readonly bytes: number;
}

const HOUR = 3_600_000;

/**
 * A simulator in a separate process, so that its memory does not count as the replicator's. `fork` passes the shape, the number
 * of files, their size in bytes and the clock's rate. It reports its progress and when it is ready, and ends with its parent.
 * With shape `passing` the files are generated on each read.
 */
async function serve(
  shape: Shape | 'passing',
  files: number,
  bytesEach: number,
  rate: number,
): Promise<void> {
  const clock = new RunningClock(rate, Date.now() - 6 * HOUR);
  const simulator = new Simulator({ clock, knobs: { partitions: 1, exportDurationMs: [60_000, 60_000] } });
  simulator.s3.createBucket('exports');
  const call = (operation: string, input: object) =>
    simulator.call('dynamodb', operation, { TableName: 'large', ...input });
  call('CreateTable', {
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  });
  call('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } });
  clock.advance(3 * HOUR);
  const generated =
    shape === 'passing' ? await passingFiles(files, bytesEach) : generateFiles(shape, files, bytesEach);
  exportInstead(simulator, generated);
  const { url } = await simulator.listen();
  const sum = (of: 'items' | 'bytes') => generated.reduce((total, file) => total + file[of], 0);
  process.send?.({ url, items: sum('items'), bytes: sum('bytes') } satisfies Ready);
}

process.on('disconnect', () => process.exit(0));
const [shape, files, bytesEach, rate] = process.argv.slice(2);
void serve(shape as Shape | 'passing', Number(files), Number(bytesEach), Number(rate));
