import type { AwsServices } from '../../runtime/aws/services';
import type { Settings } from '../../runtime/config';
import type { Destination } from '../../runtime/destinations/destination';
import type { EventMap, EventName } from '../../runtime/observe/events';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import type { Simulator } from '../../simulator';
import type { Random } from '../../simulator/random';
import { MemoryDestination } from '../destinations/memory';
import { hasVerify, MemoryStore, type StoredPipeline } from '../destinations/memory-store';
import { type BeforeCall, InProcessServices } from './in-process-services';
import type { VirtualClock } from './virtual-clock';

export interface VisibleRow {
  readonly value: string;
  /** Kept as a tombstone: soft deletes. */
  readonly deleted: boolean;
}

/** What a world provides to its processes. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly simulator: Simulator;
  readonly settings: Settings;
  readonly stage: Stage;
  /** Events of the live processes. */
  readonly heard: { name: EventName; event: EventMap[EventName] }[];
  readonly tableName: string;
}

/** Connects a world's processes to AWS and their destination, and shows what the destination has committed. */
export interface Stage {
  open?(world: Surroundings): Promise<void>;
  services(world: Surroundings, before: BeforeCall): AwsServices;
  /** The destination for one process; `kill` ends it. */
  destination(world: Surroundings, kill: () => void): Destination;
  /** Called after a step of a destination: from then on the getters show what it committed. */
  committed?(world: Surroundings, step: string): Promise<void>;
  /** Whether schedules are kept short. */
  readonly isSlow?: boolean;
  readonly checkpoint: Checkpoint | undefined;
  /** Id → row of the visible table, including soft-deleted ones. */
  visible(): Map<string, VisibleRow>;
  /** Keys of the files that the present load or heal has committed, from the ledger. */
  loadedFiles(): readonly string[];
  /** Whether anything of a verify exists: recorded keys, or the table it compares with. */
  hasVerify(): boolean;
  /** Called when a process was killed. Returns whether other processes with the same destination end with it. */
  killed?(): 'alone' | 'all';
  close?(): Promise<void>;
}

/** Everything in memory. */
export class MemoryStage implements Stage {
  /** @param store what it has committed */
  constructor(private readonly store = new MemoryStore()) {}

  services({ simulator }: Surroundings, before: BeforeCall): AwsServices {
    return new InProcessServices(simulator, before);
  }

  destination(_world: Surroundings, _kill: () => void): Destination {
    return new MemoryDestination(this.store);
  }

  get checkpoint(): Checkpoint | undefined {
    const head = this.pipeline?.head;
    return head === undefined ? undefined : (JSON.parse(head) as Checkpoint);
  }

  visible(): Map<string, VisibleRow> {
    const { pipeline } = this;
    if (!pipeline) return new Map();
    const at = (name: string) => pipeline.columns.findIndex((column) => column.attribute === name);
    const [id, v] = [at('id'), at('v')];
    const rows = new Map<string, VisibleRow>();
    for (const { cells, deleted } of pipeline.tables.visible.values()) {
      rows.set(String(cells[id]), { value: String(cells[v]), deleted });
    }
    return rows;
  }

  loadedFiles(): readonly string[] {
    const { ledger } = this.pipeline ?? {};
    return ledger === undefined ? [] : [...ledger.shadow, ...ledger.lines].map(({ file }) => file);
  }

  hasVerify(): boolean {
    return this.pipeline !== undefined && hasVerify(this.pipeline);
  }

  /** One pipeline, as there is one table. */
  get pipeline(): StoredPipeline | undefined {
    const [pipeline] = this.store.pipelines.values();
    return pipeline;
  }
}
