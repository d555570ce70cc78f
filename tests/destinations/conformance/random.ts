import assert from 'node:assert/strict';
import type { AppliedRole, PipelineStore, TableTarget } from '../../../runtime/destinations/destination';
import { LeaseLost } from '../../../runtime/destinations/errors';
import type { Column, ColumnType } from '../../../runtime/item/column';
import { onlySeed } from '../../seeds';
import { quickIf } from '../../tiers/tier';
import type { Fixture } from '../fixture';
import { idOf } from './heal-lines';
import {
  DestinationModel,
  deadLetterFor,
  rowChange,
  rowOf,
  showRows,
  type SourceChange,
  type SourceItem,
  type SourceValue,
} from './model';
import {
  attribute,
  BINARY,
  BOOLEAN,
  canHold,
  checkpoint,
  ID,
  INT64,
  JSON_TYPE,
  numberType,
  ORDERS,
  SOFT_ORDERS,
  TEXT,
} from './orders';
import { openLoad } from './rows-load';

const STEPS = 60;
const KEYS = Array.from({ length: 12 }, (_, i) => `key ${i}`);

/** The types that the column of an attribute gets, one after another. */
const CHAINS: Readonly<Record<string, readonly ColumnType[]>> = {
  text: [TEXT, JSON_TYPE],
  number: [INT64, numberType(20, 0), numberType(20, 4), numberType(126, 130), JSON_TYPE],
  boolean: [BOOLEAN, JSON_TYPE],
  binary: [BINARY, JSON_TYPE],
};

const NUMBERS = [
  ['0', '-1', '9223372036854775807'],
  ['9223372036854775808', '-10'],
  ['1.5', '-0.0001', '12345678901234567890.1234'],
  [`1${'0'.repeat(125)}`, `0.${'0'.repeat(129)}1`],
  ['38', '2.50'.slice(0, 3)],
];

/** Random numbers from a seed (mulberry32). */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }
}

/** Does what a pipeline does, in random order, and reports it to the model. */
class Walk {
  private readonly model: DestinationModel;
  private readonly steps: Record<string, number> = {};
  private store!: PipelineStore;
  private generation = 0;
  /** Whether the present load is a resync that goes on with its table (rule P3). */
  private feedsVisible = false;
  private time = 1_700_000_000_000;
  private toLoad: string[] = [];
  private lastBatch: readonly SourceChange[] = [];
  private commits = 0;
  private files = 0;
  private readonly texts: readonly string[];

  constructor(
    private fixture: Fixture,
    private readonly target: TableTarget,
    private readonly random: Random,
  ) {
    const { dialect } = fixture.destination;
    this.texts = ['', 'a"\\\n\u001f', 'é😀', 'a\0b', '{}'].filter((text) => canHold(dialect, text, 'text'));
    this.model = new DestinationModel(target.deletes === 'soft');
  }

  async run(): Promise<void> {
    this.store = await this.fixture.destination.lease(this.target);
    await this.store.widen(this.columns());
    await this.startGeneration();
    const choices: readonly [number, () => Promise<unknown>][] = [
      [8, () => this.apply(this.changes())],
      [2, () => this.apply(this.lastBatch)],
      [5, () => this.load()],
      [2, () => this.publish()],
      [5, () => this.stage()],
      [2, () => this.findKeys()],
      [1, () => this.startHeal()],
      [1, () => this.startGeneration()],
      [2, () => this.widen()],
      [1, () => this.verify()],
      [1, () => this.restart()],
      [1, () => this.crash()],
      [1, () => this.takeOver()],
    ];
    const weights = choices.flatMap(([weight, choice]) => Array.from({ length: weight }, () => choice));
    for (let step = 0; step < STEPS; step++) {
      await this.random.pick(weights)();
      await this.check(this.fixture);
    }
    await this.fixture.cleanup();
  }

  private columns(): readonly Column[] {
    return [
      ID,
      ...Object.entries(this.steps).map(([name, step]) => attribute(name, CHAINS[name]?.[step] ?? JSON_TYPE)),
    ];
  }

  private async check(fixture: Fixture): Promise<void> {
    const columns = this.columns();
    assert.deepEqual(showRows(columns, await fixture.rows(this.target)), this.model.show(columns));
    const deadLetters = (await fixture.deadLetters(this.target)).map(({ keyText }) => keyText);
    const record = await fixture.destination.inspect(this.target.pipeline);
    const live = [...this.model.visible.rows.values()].filter(({ deleted }) => !deleted);
    assert.deepEqual(
      { rows: record?.rows, deadLetters: record?.deadLetters },
      { rows: live.length, deadLetters: deadLetters.length },
    );
    assert.deepEqual(deadLetters.sort(), [...this.model.visible.deadLetters].sort());
  }

  private changes(): readonly SourceChange[] {
    const keys = KEYS.filter(() => this.random.chance(0.3));
    return keys.map((key): SourceChange => {
      const time = (this.time += 1000);
      if (this.random.chance(0.25)) return { key, time, to: 'nothing' };
      if (this.random.chance(0.15)) return { key, time, to: 'letter' };
      return { key, time, to: 'item', item: this.item() };
    });
  }

  private item(): SourceItem {
    const values = Object.entries(this.steps).filter(() => this.random.chance(0.7));
    return Object.fromEntries(values.map(([name, step]) => [name, this.value(name, step)]));
  }

  private value(name: string, step: number): SourceValue {
    const isJson = CHAINS[name]?.[step]?.kind === 'json';
    const kind = isJson ? this.random.pick(Object.keys(CHAINS)) : name;
    if (kind === 'text') return { kind, value: this.random.pick(this.texts) };
    if (kind === 'boolean') return { kind, value: this.random.chance(0.5) };
    if (kind === 'binary') return { kind, value: new Uint8Array([this.random.below(256), 0]) };
    const most = isJson ? NUMBERS.length - 1 : step;
    return { kind: 'number', value: this.random.pick(NUMBERS[this.random.below(most + 1)] ?? ['0']) };
  }

  private async apply(batch: readonly SourceChange[]): Promise<void> {
    const columns = this.columns();
    const role = this.role;
    this.lastBatch = batch;
    const changes = batch.map((change) => rowChange(columns, change));
    await this.store.apply(role, { columns, changes }, this.checkpoint());
    this.model.apply(role, batch);
  }

  private get role(): AppliedRole {
    if (this.model.healing) return 'changes';
    if (!this.model.loading) return 'visible';
    return this.feedsVisible ? 'both' : 'changes';
  }

  private async load(): Promise<void> {
    if (!this.model.loading) return;
    const columns = this.columns();
    const keys = this.toLoad.splice(0, 1 + this.random.below(5));
    const deadLetters = keys.filter(() => this.random.chance(0.15));
    const items = new Map(keys.filter((key) => !deadLetters.includes(key)).map((key) => [key, this.item()]));
    const load = await openLoad(this.store, 'shadow', this.generation, columns);
    const rows = [...items].map(([key, item]) => rowOf(columns, key, item));
    await load.append(rows, deadLetters.map(deadLetterFor));
    // Changes continue while a load is open.
    if (this.random.chance(0.5)) await this.apply(this.changes());
    if (this.random.chance(0.2)) {
      await load.rollback();
      this.toLoad.push(...keys);
      return;
    }
    await load.commit([{ file: `file ${(this.files += 1)}`, items: keys.length }]);
    this.model.loaded(items, deadLetters);
  }

  private async stage(): Promise<void> {
    if (!this.model.healing) return;
    const columns = this.columns();
    const staged = Array.from({ length: 1 + this.random.below(3) }, () => this.changes());
    const failure = this.random.chance(0.2) ? new Error('the file is damaged') : undefined;
    const apply = () => this.random.chance(0.5) && this.apply(this.changes());
    const batches = async function* () {
      for (const changes of staged) {
        yield { columns, changes: changes.map((change) => rowChange(columns, change)) };
        await apply();
      }
      if (failure !== undefined) throw failure;
    };
    const file = { file: `file ${(this.files += 1)}`, items: 1 };
    const staging = this.store.stage(this.generation, batches(), this.random.chance(0.8) ? file : undefined);
    if (failure === undefined) await staging;
    else await assert.rejects(staging, failure);
    if (failure === undefined) this.model.stage(staged.flat());
  }

  private async findKeys(): Promise<void> {
    if (!this.model.healing) return;
    const [since, from] = [
      this.time - this.random.below(50) * 1000,
      this.time - this.random.below(50) * 1000,
    ];
    const untimed = this.random.chance(0.3);
    const found: string[] = [];
    await this.store.findKeys({ since, untimed, edges: [{ from, to: from + 5000 }] }, async (keyTexts) => {
      // These tests give a dead letter its key as text; of a row, the destination makes a key text.
      for (const text of keyTexts) if (text.startsWith('{')) found.push(idOf(text));
    });
    assert.deepEqual(found.sort(), this.model.reread(since, untimed, [from, from + 5000]));
  }

  private async startHeal(): Promise<void> {
    if (!this.model.published) return;
    this.generation += 1;
    this.lastBatch = [];
    await this.store.startGeneration(this.generation, this.checkpoint(), 'lines');
    this.model.startHeal();
  }

  private async publish(): Promise<void> {
    if (this.model.healing) {
      await this.store.publishHeal(() => this.checkpoint());
      this.model.publishHeal();
      this.lastBatch = [];
    }
    if (!this.model.loading) return;
    await this.store.publish(() => this.checkpoint());
    this.model.publish();
    this.lastBatch = [];
  }

  private async startGeneration(): Promise<void> {
    this.generation += 1;
    this.toLoad = KEYS.filter(() => this.random.chance(0.7));
    this.lastBatch = [];
    await this.store.startGeneration(this.generation, this.checkpoint());
    this.feedsVisible = (await this.store.hasVisible()) && this.random.chance(0.5);
    assert.equal(await this.store.hasVisible(), this.model.published);
    this.model.startGeneration();
  }

  private async widen(): Promise<void> {
    const name = this.random.pick(Object.keys(CHAINS));
    const step = this.steps[name];
    this.steps[name] = step === undefined ? 0 : Math.min(step + 1, (CHAINS[name]?.length ?? 1) - 1);
    await this.store.widen(this.columns());
  }

  private async verify(): Promise<void> {
    if (!this.model.published || this.model.loading || this.model.healing) return;
    const columns = this.columns();
    await this.store.startVerify();
    const live = [...this.model.visible.rows].filter(([, { deleted }]) => !deleted);
    const deadLetters = [...this.model.visible.deadLetters];
    const missing = new Set(
      [...live.map(([key]) => key), ...deadLetters].filter(() => this.random.chance(0.2)),
    );
    const load = await openLoad(this.store, 'verify', this.generation, columns);
    await load.append(
      live.filter(([key]) => !missing.has(key)).map(([key, { item }]) => rowOf(columns, key, item)),
      deadLetters.filter((key) => !missing.has(key)).map(deadLetterFor),
    );
    await load.commit([]);
    const total = live.length + deadLetters.length;
    const changed = this.changes();
    await this.apply(changed);
    const { differences, rowsCompared, keysSkipped } = await this.store.compare(100);
    const skipped = new Set(changed.map(({ key }) => key));
    const known = [...live.map(([key]) => key), ...deadLetters].filter((key) => !skipped.has(key));
    assert.ok(rowsCompared === known.length && rowsCompared <= total);
    assert.equal(keysSkipped, skipped.size);
    assert.equal(differences, [...missing].filter((key) => !skipped.has(key)).length);
    const { examples: _, ...ofSample } = await this.store.compare(0, undefined, 'sample');
    const sample = [...live.map(([key]) => key), ...deadLetters].filter((key) => !missing.has(key));
    const compared = sample.filter((key) => !skipped.has(key));
    const expected = { rowsCompared: compared.length, keysSkipped: sample.length - compared.length };
    assert.deepEqual(ofSample, { ...expected, differences: 0 });
    await this.store.endVerify();
  }

  private async restart(): Promise<void> {
    this.fixture = await this.fixture.reopen();
    await this.leaseAgain();
  }

  /** Continues with what a kill would have left. */
  private async crash(): Promise<void> {
    const image = await (await this.fixture.crashImage()).open();
    await this.check(image);
    await this.fixture.destination.close();
    this.fixture = image;
    await this.leaseAgain();
  }

  private async takeOver(): Promise<void> {
    const zombie = this.store;
    await this.leaseAgain();
    await assert.rejects(zombie.save(checkpoint('a zombie')), LeaseLost);
  }

  private async leaseAgain(): Promise<void> {
    this.store = await this.fixture.destination.lease(this.target);
    assert.equal((await this.store.readCheckpoint())?.head, `commit ${this.commits}`);
    assert.deepEqual(await this.store.readColumns(), this.columns());
  }

  private checkpoint() {
    this.commits += 1;
    return checkpoint(`commit ${this.commits}`, { [`shard ${this.commits % 3}`]: `${this.commits}` });
  }
}

/** One walk for each seed from 1, or only for that of SEED. */
export function randomConformance(open: () => Promise<Fixture>, walks: number): void {
  const only = onlySeed();
  const seeds = only === undefined ? Array.from({ length: walks }, (_, i) => i + 1) : [only];
  describe('in any order of events', () => {
    for (const target of [ORDERS, SOFT_ORDERS]) {
      for (const seed of seeds) {
        quickIf(target === ORDERS).it(
          `shows what the source has, with ${target.deletes} deletes (seed ${seed})`,
          async () => {
            await new Walk(await open(), target, new Random(seed)).run();
          },
        );
      }
    }
  });
}
