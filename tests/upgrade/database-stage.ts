import type { Destination, OperableDestination } from '../../runtime/destinations/destination';
import { trackedDestination } from '../exactness/tracked';
import { EngineStage } from '../simulation/engine-stage';
import type { Surroundings } from '../simulation/stage';

/** A stage with an existing database. */
export class DatabaseStage extends EngineStage {
  private readonly destinations: Destination[] = [];

  constructor(private readonly opened: () => OperableDestination) {
    super();
  }

  override destination({ clock }: Surroundings): Destination {
    const destination = this.opened();
    this.destinations.push(destination);
    return trackedDestination(destination, clock);
  }

  async close(): Promise<void> {
    for (const destination of this.destinations) await destination.close();
  }

  protected async look<T>(work: (destination: OperableDestination) => Promise<T>): Promise<T> {
    const looking = this.opened();
    try {
      return await work(looking);
    } finally {
      await looking.close();
    }
  }
}
