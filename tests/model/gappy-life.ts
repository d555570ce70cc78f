import { planHeal } from './heal';
import { Life } from './life';
import { RULES } from './rules';
import { KEYS } from './source';
import { DAY, HOUR, MINUTE, SECOND } from './times';

/** A life whose replicator heals: each publish is followed by a gap, or by a resync (G3, G4, P3). */
export class GappyLife extends Life {
  override live(): void {
    const { random, source } = this;
    source.live(random.pick([0, HOUR, 25 * HOUR]), 0.1);
    for (let gaps = random.integer(1, 4); gaps > 0; gaps--) {
      this.untilFollowing();
      if (random.chance(0.2)) for (let steps = random.integer(0, 200); steps > 0; steps--) this.happen();
      this.untilFollowing();
      const isNew = random.chance(0.4) ? this.resyncAfterInsert() : undefined;
      this.miss(isNew);
      if (random.chance(0.3)) for (let steps = random.integer(0, 100); steps > 0; steps--) this.happen();
    }
    this.calmDown();
  }

  /** Until a generation is published, with few writes: a heal has most to decide where only some keys were written. */
  private untilFollowing(): void {
    const { random, source, destination } = this;
    const writes = random.pick([0, 0.01, 0.05]);
    for (let steps = 0; steps < 1_500 && destination.checkpoint.phase !== 'stream'; steps++) {
      source.comeBack();
      this.dropMisfit();
      source.now += random.integer(0, 4 * SECOND);
      const { phase, export: running } = destination.checkpoint;
      if (random.chance(phase === 'load' && !running ? 0.1 : writes)) source.write();
      if (random.chance(0.05)) this.waitForExport();
      if (random.chance(0.002)) source.live(random.pick([HOUR, 26 * HOUR]), 0.02);
      this.step(this.processes[random.chance(0.9) ? 0 : 1]);
    }
  }

  /** A resync whose export has an item that was inserted shortly before. @returns the item's key */
  private resyncAfterInsert(): number {
    const { random, source, destination } = this;
    const key = random.integer(0, KEYS);
    source.writeTo(key, true);
    source.live(7 * MINUTE, 0);
    source.writeTo(key, false);
    this.follow(random.integer(10, 60));
    for (let steps = 0; steps < 300 && destination.checkpoint.phase === 'stream'; steps++) this.follow(1);
    this.untilFollowing();
    return key;
  }

  /**
   * A gap: before it some keys change, and within it some of them again.
   * @param isNew a key to delete in it; without one, any
   */
  private miss(isNew?: number): void {
    const { random, source } = this;
    const keys = isNew === undefined ? this.changeSome() : [isNew];
    if (random.chance(0.1)) this.turnOff(0.05);
    else this.leave();
    for (const key of keys) if (random.chance(0.6)) source.writeTo(key, random.chance(0.8));
    if (random.chance(0.5)) source.live(HOUR, 0.02);
  }

  /** @returns the keys that changed */
  private changeSome(): number[] {
    const { random, source } = this;
    const keys = Array.from({ length: random.integer(0, KEYS) }, () => random.integer(0, KEYS));
    for (const key of keys) {
      source.writeTo(key, random.chance(0.3));
      this.follow(random.integer(0, 60));
    }
    return keys;
  }

  /** The replicator is away. Perhaps an item is new at the edge of two windows, and deleted soon after. */
  private leave(): void {
    const { random, source, destination } = this;
    const busy = random.pick([0, 0.01, 0.2]);
    const since = destination.healableSince(source.table);
    if (since !== undefined && random.chance(0.5)) {
      const edge = planHeal(since, source.now + DAY, this.longestWindowMs, RULES).windows[1]?.from;
      const key = random.integer(0, KEYS);
      source.live(Math.max(0, (edge ?? 0) + random.integer(-MINUTE, 3 * MINUTE) - source.now), busy / 10);
      source.writeTo(key, false);
      source.live(random.integer(MINUTE, 6 * MINUTE), 0);
      source.writeTo(key, true);
    }
    source.live(random.pick([HOUR, 25 * HOUR, 30 * HOUR, 60 * HOUR]), busy);
  }

  private follow(steps: number): void {
    const { random, source, processes } = this;
    for (let left = steps; left > 0; left--) {
      source.now += random.integer(0, 1_500);
      this.step(random.pick(processes));
    }
  }
}
