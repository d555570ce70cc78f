import assert from 'node:assert/strict';
import { followsStream } from '../../runtime/pipeline/checkpoint';
import type { SourceHistory } from './source-history';
import type { VisibleRow } from './stage';
import type { World } from './world';

/**
 * What must hold after every commit, not only in the end. Checks the committed state after each step of a destination, and
 * throws an AssertionError that names the rule.
 */
export class Invariants {
  /** The incarnation of the source that the visible table shows. */
  private shown: SourceHistory | undefined;
  private phase: string | undefined;
  private wasFrozen = false;
  /** Key → the oldest version that a reader may still see: number of a write, -1 for none. */
  private readonly seen = new Map<string, number>();
  /** Keys of which a reader has seen a row. */
  private readonly shownKeys = new Set<string>();
  private rows = '';

  constructor(private readonly world: World) {}

  check(step: string): void {
    const { world } = this;
    const { checkpoint } = world;
    if (!checkpoint) return;
    if (step === 'lease' || step === 'startGeneration')
      assert(!world.stage.hasVerify(), `V3: ${step} leaves something of a verify`);
    const files = world.stage.loadedFiles();
    assert.equal(new Set(files).size, files.length, 'P1: a file counts twice');

    const visible = world.visible();
    const rows = JSON.stringify([...visible]);
    const isFrozen = !followsStream(checkpoint);
    assert(
      !isFrozen || !this.wasFrozen || rows === this.rows,
      `P3: ${step} changed the visible table during a load that does not continue its positions`,
    );
    this.wasFrozen = isFrozen;
    const isPublish = checkpoint.phase === 'stream' && this.phase === 'load';
    this.phase = checkpoint.phase;
    if (!isFrozen) {
      this.follow(checkpoint.tableId, isPublish);
      this.checkWatermark(checkpoint.graph.watermark, visible);
    }
    if (rows !== this.rows) this.checkReaders(visible);
    this.rows = rows;
  }

  /**
   * In the end there must be a row for every item, and with soft deletes a tombstone for every earlier row.
   * @param verifying whether a verify is running
   */
  checkEnd(verifying: boolean): void {
    assert(verifying || !this.world.stage.hasVerify(), 'V3: something is left of a verify');
    this.world.assertEqual();
    this.checkTombstones(this.world.visible());
  }

  private follow(tableId: string | undefined, isPublish: boolean): void {
    if (this.shown?.tableId === tableId) return;
    assert(isPublish || !this.shown, 'P2: another table is shown without a publish');
    this.shown = this.world.histories.find((history) => history.tableId === tableId);
    this.seen.clear();
  }

  /** Rule W1: everything written before W has been applied. */
  private checkWatermark(watermark: number, visible: ReadonlyMap<string, VisibleRow>): void {
    for (const [key, writes] of this.shown?.writes ?? []) {
      const needed = writes.findLastIndex(({ at }) => at < watermark);
      if (needed < 0) continue;
      const row = liveRow(visible.get(key));
      const found = writes.findLastIndex(({ value }) => value === row?.value);
      assert(
        found >= needed,
        `W1: W is ${iso(watermark)}, but the write ${iso(writes[needed]!.at)} of ${key} is not applied`,
      );
    }
  }

  /** No row goes back in time for a reader. */
  private checkReaders(visible: ReadonlyMap<string, VisibleRow>): void {
    for (const [key, writes] of this.shown?.writes ?? []) {
      const row = liveRow(visible.get(key));
      if (row) this.shownKeys.add(key);
      const least = this.seen.get(key) ?? -1;
      if (!row && least === -1) continue;
      const now = writes.findIndex(({ value }, at) => at >= least && value === row?.value);
      assert(now >= 0, `P2: ${key} goes back to ${row ? row.value : 'no row'}`);
      this.seen.set(key, now);
    }
    this.checkTombstones(visible);
  }

  private checkTombstones(visible: ReadonlyMap<string, VisibleRow>): void {
    if (this.world.settings.tables[0]?.deletes !== 'soft') return;
    for (const key of this.shownKeys) assert(visible.has(key), `P2: the soft-deleted row of ${key} is gone`);
  }
}

function liveRow(row: VisibleRow | undefined): VisibleRow | undefined {
  return row?.deleted ? undefined : row;
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
