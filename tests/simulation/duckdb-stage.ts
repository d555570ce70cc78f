import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Destination, OperableDestination } from '../../runtime/destinations/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { trackedDestination } from '../exactness/tracked';
import { EngineStage } from './engine-stage';
import type { Surroundings } from './stage';

/** Enough for a few rows; more threads would only spin. */
const ONE_THREAD = { threads: 1 };

/**
 * A real DuckDB file. A kill, even between the statements of a transaction, leaves the file as it is on disk at that instant:
 * the next process gets a copy of it and of its log.
 */
export class DuckDBStage extends EngineStage {
  private readonly folder = mkdtempSync(join(tmpdir(), 'replicator-simulation-'));
  private images = 0;
  private path = join(this.folder, '0.duckdb');
  /** Reads the file at `path`. Processes leave it open, too. */
  private looking: { readonly path: string; readonly destination: DuckDBDestination } | undefined;
  private readonly destinations: Destination[] = [];

  /** @param isKilled whether the process is killed before this statement */
  constructor(private readonly isKilled: (statement: string) => boolean) {
    super();
  }

  override destination({ clock }: Surroundings, kill: () => void): Destination {
    const { path } = this;
    const destination = new DuckDBDestination(duckdbSettings(path, ONE_THREAD), {
      beforeStatement: (statement) => {
        if (path === this.path && this.isKilled(statement)) kill();
        if (path !== this.path) throw new Error('this process was killed');
      },
    });
    this.destinations.push(destination);
    return trackedDestination(destination, clock);
  }

  killed(): 'all' {
    const image = join(this.folder, `${++this.images}.duckdb`);
    for (const suffix of ['', '.wal']) {
      if (existsSync(this.path + suffix)) copyFileSync(this.path + suffix, image + suffix);
    }
    this.path = image;
    return 'all';
  }

  async close(): Promise<void> {
    for (const destination of this.destinations) await destination.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected look<T>(work: (destination: OperableDestination) => Promise<T>): Promise<T> {
    const { path } = this;
    if (this.looking?.path !== path) {
      this.looking = { path, destination: new DuckDBDestination(duckdbSettings(path, ONE_THREAD)) };
      this.destinations.push(this.looking.destination);
    }
    return work(this.looking.destination);
  }
}
