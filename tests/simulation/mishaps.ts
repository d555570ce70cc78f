import type { FaultRule } from '../../simulator';
import { CommitOutcomeUnknown, DestinationUnavailable } from '../../runtime/destinations/errors';
import type { Random } from '../../simulator/random';
import type { Disturbance } from './disturbed-destination';
import type { World } from './world';

/** Steps of a destination that commit something. */
const COMMITS = new Set([
  'lease',
  'save',
  'widen',
  'startGeneration',
  'abandonLoad',
  'load.commit',
  'apply',
  'publish',
  'stage',
  'publishHeal',
  'startVerify',
  'endVerify',
]);

/** What still happens while a destination is unreachable: it forgets what is not committed. */
const ALWAYS = new Set(['load.rollback', 'release']);

/** AWS calls that fail occasionally. */
const FAILING = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'DescribeExport', 'GetObject'];

/** What goes wrong around the calls of a replicator, until the calm. */
export class Mishaps {
  isCalm = false;
  private unavailableUntil = 0;

  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly rate: number,
  ) {
    for (const operation of FAILING) {
      const answer: FaultRule['answer'] = { kind: 'error', type: 'InternalServerError', status: 500 };
      world.simulator.faults.add({ operation, rate: rate / 2, answer });
      world.simulator.faults.add({ operation, rate: rate / 2, answer: { ...answer, performed: true } });
    }
  }

  calm(): void {
    this.isCalm = true;
    this.world.simulator.faults.clear();
  }

  /** Makes the destination unreachable for this long. */
  unavailable(ms: number): void {
    this.unavailableUntil = this.world.clock.now() + ms;
  }

  /** The disturbance for a process; `kill` ends that at once. */
  around(kill: () => void): Disturbance {
    return {
      before: (step) => {
        if (this.isCalm || ALWAYS.has(step)) return;
        if (this.world.clock.now() < this.unavailableUntil)
          throw new DestinationUnavailable('unreachable, by the test');
        if (this.random.chance(this.rate / 4)) kill();
        if (!COMMITS.has(step)) return;
        if (this.random.chance(this.rate)) throw new CommitOutcomeUnknown();
        if (this.random.chance(this.rate * 2)) return this.world.clock.sleep(this.random.integer(0, 20_000));
      },
      after: (step) => {
        if (this.isCalm || !COMMITS.has(step)) return;
        if (this.random.chance(this.rate / 4)) kill();
        if (this.random.chance(this.rate)) throw new CommitOutcomeUnknown();
      },
    };
  }
}
