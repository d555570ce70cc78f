import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Destination } from '../../runtime/destinations/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { DatabaseFile } from '../../runtime/destinations/duckdb/database-file';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { Session } from '../../runtime/destinations/duckdb/session';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import type { Random } from '../../simulator/random';
import { trackedDestination } from '../exactness/tracked';
import { MemoryStage, type Surroundings, type VisibleRow } from './stage';

/** Steps after which the checkpoint, or the visible table as well, may be another. */
const SAVING = new Set(['save', 'startGeneration', 'apply', 'publish', 'lease']);
const CHANGING = new Set(['apply', 'publish', 'lease']);
/** A few rows need no more, and others would only spin. */
const ONE_THREAD = { threads: 1 };

/**
 * A real DuckDB file. A kill, also between the statements of a transaction, leaves the file as it is on the disk at that
 * instant: the next process gets a copy of it, and of its log.
 */
export class DuckDBStage extends MemoryStage {
  readonly isSlow = true;
  private readonly folder = mkdtempSync(join(tmpdir(), 'replicator-simulation-'));
  private images = 0;
  private path = join(this.folder, '0.duckdb');
  private readonly destinations: Destination[] = [];
  private known: { checkpoint: Checkpoint | undefined; visible: Map<string, VisibleRow> } = {
    checkpoint: undefined,
    visible: new Map(),
  };

  constructor(
    private readonly random: Random,
    /** That a process is killed before a statement. */
    private readonly killRate: number,
  ) {
    super();
  }

  override destination({ clock }: Surroundings, kill: () => void): Destination {
    const { path } = this;
    const destination = new DuckDBDestination(duckdbSettings(path, ONE_THREAD), {
      beforeStatement: () => {
        if (path === this.path && this.random.chance(this.killRate)) kill();
        if (path !== this.path) throw new Error('this process was killed');
      },
    });
    this.destinations.push(destination);
    return trackedDestination(destination, clock);
  }

  async committed({ clock, tableName }: Surroundings, step: string): Promise<void> {
    if (!SAVING.has(step)) return;
    const looking = new DuckDBDestination(duckdbSettings(this.path, ONE_THREAD));
    const look = async () => {
      const record = await looking.inspect(`123456789012/eu-west-1/${tableName}`);
      const head = record?.checkpoint?.head;
      const checkpoint = head === undefined ? undefined : (JSON.parse(head) as Checkpoint);
      const visible =
        CHANGING.has(step) && checkpoint?.published ? await this.rows(tableName) : this.known.visible;
      this.known = { checkpoint, visible };
      await looking.close();
    };
    await clock.track(look());
  }

  override get checkpoint(): Checkpoint | undefined {
    return this.known.checkpoint;
  }

  override visible(): Map<string, VisibleRow> {
    return this.known.visible;
  }

  override loadedFiles(): readonly string[] {
    return [];
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

  private async rows(table: string): Promise<Map<string, VisibleRow>> {
    const file = await DatabaseFile.acquire(duckdbSettings(this.path, ONE_THREAD));
    const session = new Session(file, {});
    try {
      const rows = await session.transaction((transaction) =>
        transaction.rows(`SELECT * FROM main.${table}`),
      );
      return new Map(
        rows.map((row) => [
          String(row['id']),
          { value: String(row['v']), deleted: row['__deleted'] === true },
        ]),
      );
    } finally {
      session.close();
      await file.release();
    }
  }
}
