import type { Destination, OperableDestination } from '../../runtime/destinations/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { trackedDestination } from '../exactness/tracked';
import { EngineStage } from '../simulation/engine-stage';
import type { Surroundings } from '../simulation/stage';

/** A few rows need no more, and others would only spin. */
const ONE_THREAD = { threads: 1 };

/** A DuckDB file that is there. */
export class FileStage extends EngineStage {
  private readonly destinations: Destination[] = [];

  constructor(private readonly path: string) {
    super();
  }

  override destination({ clock }: Surroundings): Destination {
    const destination = new DuckDBDestination(duckdbSettings(this.path, ONE_THREAD));
    this.destinations.push(destination);
    return trackedDestination(destination, clock);
  }

  async close(): Promise<void> {
    for (const destination of this.destinations) await destination.close();
  }

  protected async look<T>(work: (destination: OperableDestination) => Promise<T>): Promise<T> {
    const looking = new DuckDBDestination(duckdbSettings(this.path, ONE_THREAD));
    try {
      return await work(looking);
    } finally {
      await looking.close();
    }
  }
}
