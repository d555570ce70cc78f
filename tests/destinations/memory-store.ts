import { convertCell } from '../../runtime/item/cell';
import type { Cell, Column } from '../../runtime/item/column';
import type { DatedDeadLetter } from '../../runtime/item/dead-letter';
import type { LedgerEntry, LoadedRole, TableRole, TableTarget } from '../../runtime/destinations/destination';

/** `cells` are in the order of the recorded columns. Missing trailing columns are NULL. */
export interface StoredRow {
  readonly cells: readonly Cell[];
  readonly sourceTime: number | null;
  readonly deleted: boolean;
}

/** The newest change of one key while a generation loads, or the newest of its lines. */
export interface ChangeLine {
  readonly action: 'upsert' | 'delete' | 'dead letter' | 'delete dead letter';
  /** As `keyOf` returns it. `undefined` for a key that no row can have. */
  readonly key: string | undefined;
  /** The cells of the key, or the last known values. */
  readonly cells: readonly Cell[] | undefined;
  /** Whether `cells` are a whole row, not only a key. */
  readonly known: boolean;
  readonly sourceTime: number;
}

/** Everything that a pipeline has committed, which is what remains after a crash. */
export interface StoredPipeline {
  target: TableTarget;
  epoch: number;
  generation: number;
  head: string | undefined;
  readonly shards: Map<string, string>;
  columns: readonly Column[];
  readonly ledger: Record<LoadedRole, LedgerEntry[]>;
  loading: boolean;
  /** It loads lines instead of a shadow. */
  healing: boolean;
  published: boolean;
  verifying: boolean;
  /** Row key → row, per table */
  readonly tables: Record<'visible' | 'shadow' | 'verify', Map<string, StoredRow>>;
  readonly changes: Map<string, ChangeLine>;
  readonly lines: Map<string, ChangeLine>;
  readonly deadLetters: Record<TableRole, Map<string, DatedDeadLetter>>;
  readonly changedKeys: Map<string, string | undefined>;
  /** Number of commits, for tests that detect commits without effect. */
  commits: number;
}

export interface MemoryHooks {
  /** Called before a transaction writes anything. If it throws, the method throws the same, and nothing is written. */
  beforeWrite?(method: string): void | Promise<void>;
  /** Called after a transaction has committed. Throw `CommitOutcomeUnknown` here to simulate a lost confirmation. */
  afterCommit?(method: string): void;
}

/** The committed state of all pipelines. It outlives any `MemoryDestination` on it, as a database outlives a process. */
export class MemoryStore {
  readonly pipelines = new Map<string, StoredPipeline>();
}

export function newPipeline(target: TableTarget): StoredPipeline {
  return {
    target,
    epoch: 0,
    generation: 0,
    head: undefined,
    shards: new Map(),
    columns: [],
    ledger: { shadow: [], lines: [], verify: [] },
    loading: false,
    healing: false,
    published: false,
    verifying: false,
    tables: { visible: new Map(), shadow: new Map(), verify: new Map() },
    changes: new Map(),
    lines: new Map(),
    deadLetters: {
      visible: new Map(),
      shadow: new Map(),
      changes: new Map(),
      lines: new Map(),
      verify: new Map(),
    },
    changedKeys: new Map(),
    commits: 0,
  };
}

/** Removes everything of a verify (rule V3). */
export function endVerify(pipeline: StoredPipeline): void {
  pipeline.verifying = false;
  pipeline.tables.verify.clear();
  pipeline.deadLetters.verify.clear();
  pipeline.changedKeys.clear();
  pipeline.ledger.verify = [];
}

/** Whether anything of a verify remains: its recorded keys, or what it compares with. */
export function hasVerify({ verifying, tables, deadLetters, changedKeys, ledger }: StoredPipeline): boolean {
  const kept = tables.verify.size + deadLetters.verify.size + changedKeys.size + ledger.verify.length;
  return verifying || kept > 0;
}

/** Rows of the visible table that are not soft-deleted. */
export function countRows(pipeline: StoredPipeline): number {
  let rows = 0;
  for (const row of pipeline.tables.visible.values()) if (!row.deleted) rows += 1;
  return rows;
}

/** Equal only for equal keys, since numbers are canonical text. */
export function keyOf(key: readonly Cell[]): string {
  let text = '';
  for (const cell of key) {
    if (cell === null || typeof cell === 'boolean')
      throw new Error('a key cell must be text, a number or bytes');
    const part = typeof cell === 'string' ? cell : Buffer.from(cell).toString('latin1');
    text += `${part.length}:${part}`;
  }
  return text;
}

export function isKey(column: Column): boolean {
  return column.role === 'partition key' || column.role === 'sort key';
}

/** Positions of the key columns, partition key first. */
export function keyPositions(columns: readonly Column[]): readonly number[] {
  const partition = columns.findIndex((column) => column.role === 'partition key');
  const sort = columns.findIndex((column) => column.role === 'sort key');
  if (partition < 0) throw new Error('no column is the partition key');
  return sort < 0 ? [partition] : [partition, sort];
}

/** Rearranges cells from the order of `from` to the order of `to`, and converts them where `to` is wider. */
export function arrange(
  from: readonly Column[],
  to: readonly Column[],
): (cells: readonly Cell[]) => readonly Cell[] {
  if (from === to) return (cells) => cells;
  const places = from.map((column) => {
    const position = to.findIndex((candidate) => candidate.name === column.name);
    const target = to[position];
    if (target === undefined) throw new Error(`column ${column.name} is not recorded: widen first`);
    return { position, from: column.type, to: target.type };
  });
  const same = places.every((place, i) => place.position === i && place.from.kind === place.to.kind);
  if (same) return (cells) => cells;
  return (cells) => {
    const arranged: Cell[] = new Array<Cell>(to.length).fill(null);
    places.forEach((place, i) => {
      arranged[place.position] = convertCell(cells[i] ?? null, place.from, place.to);
    });
    return arranged;
  };
}

export function sameCell(a: Cell | undefined, b: Cell | undefined): boolean {
  const [left, right] = [a ?? null, b ?? null];
  if (left === right) return true;
  return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0;
}
