import type { OperableDestination } from '../../runtime/destinations/destination';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { MemoryStage, type Surroundings, type VisibleRow } from './stage';

/** Steps after which the checkpoint, or also the visible table, may have changed. */
const SAVING = new Set([
  'save',
  'startGeneration',
  'apply',
  'publish',
  'publishHeal',
  'lease',
  'startVerify',
  'endVerify',
]);
const VERIFYING = new Set(['startGeneration', 'lease', 'startVerify', 'endVerify']);
const CHANGING = new Set(['apply', 'publish', 'publishHeal', 'lease']);

/** A real database. Its committed content is read after each step that commits. */
export abstract class EngineStage extends MemoryStage {
  readonly isSlow = true;
  private known: {
    checkpoint: Checkpoint | undefined;
    visible: Map<string, VisibleRow>;
    hasVerify: boolean;
  } = { checkpoint: undefined, visible: new Map(), hasVerify: false };

  /** Lends a destination for reading, without a lease. */
  protected abstract look<T>(work: (destination: OperableDestination) => Promise<T>): Promise<T>;

  async committed({ clock, tableName }: Surroundings, step: string): Promise<void> {
    if (!SAVING.has(step)) return;
    await clock.track(
      this.look(async (destination) => {
        const record = await destination.inspect(`123456789012/eu-west-1/${tableName}`);
        const head = record?.checkpoint?.head;
        const checkpoint = head === undefined ? undefined : (JSON.parse(head) as Checkpoint);
        const isShown = CHANGING.has(step) && checkpoint?.published !== undefined;
        const visible = isShown ? await rowsOf(destination, tableName) : this.known.visible;
        const hasVerify = VERIFYING.has(step) ? await verifyIsThere(destination) : this.known.hasVerify;
        this.known = { checkpoint, visible, hasVerify };
      }),
    );
  }

  override get checkpoint(): Checkpoint | undefined {
    return this.known.checkpoint;
  }

  override visible(): Map<string, VisibleRow> {
    return this.known.visible;
  }

  override hasVerify(): boolean {
    return this.known.hasVerify;
  }

  override loadedFiles(): readonly string[] {
    return [];
  }
}

const VERIFY_PARTS = `SELECT
  (SELECT count(*) FROM information_schema.tables WHERE table_schema = '_replicator'
     AND (table_name LIKE 'verify%' OR table_name LIKE 'changed_keys%')) +
  (SELECT count(*) FROM _replicator.pipelines WHERE verifying) +
  (SELECT count(*) FROM _replicator.ledger WHERE stage = 'verify') +
  (SELECT count(*) FROM _replicator.dead_letters WHERE stage = 'verify') AS parts`;

async function verifyIsThere(destination: OperableDestination): Promise<boolean> {
  const { rows } = await destination.query(VERIFY_PARTS);
  return Number(rows[0]?.[0]) > 0;
}

async function rowsOf(destination: OperableDestination, table: string): Promise<Map<string, VisibleRow>> {
  const { columns, rows } = await destination.query(`SELECT * FROM ${table}`);
  const at = (name: string) => columns.indexOf(name);
  const [id, value, deleted] = [at('id'), at('v'), at('__deleted')];
  return new Map(
    rows.map((row) => [
      String(row[id]),
      // The formats of the two databases.
      { value: String(row[value]), deleted: ['true', 't'].includes(String(row[deleted])) },
    ]),
  );
}
