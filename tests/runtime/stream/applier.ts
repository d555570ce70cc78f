import { retrying } from '../../../runtime/aws/retrying';
import type { AwsServices } from '../../../runtime/aws/services';
import { Events } from '../../../runtime/observe/events';
import { listShards } from '../../../runtime/stream/listing';
import type { Pace } from '../../../runtime/stream/pace';
import type { Arrival } from '../../../runtime/stream/page-queue';
import { Poller } from '../../../runtime/stream/poller';
import { ReadScheduler } from '../../../runtime/stream/read-scheduler';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { VirtualClock } from '../../simulation/virtual-clock';
import { SECOND } from './arrivals';
import { FakeStream } from './fake-stream';

const MiB = 1024 * 1024;

interface ApplierOptions {
  readonly queueBytes?: number;
  readonly concurrentReads?: number;
  readonly idleReadsPerSecond?: number;
  /** Shared with other appliers on the same clock; default: its own. */
  readonly scheduler?: ReadScheduler;
  readonly pace?: Partial<Pace>;
  readonly beforeRead?: () => void;
}

/** A minimal applier: takes, applies, and reports to the poller what is committed. */
export class Applier {
  graph!: ShardGraph;
  readonly kept: string[] = [];
  readonly arrivals: Arrival[] = [];
  readonly stream: FakeStream;
  readonly events = new Events();
  /** As in the pipeline. */
  readonly aws: AwsServices;
  poller!: Poller;
  readonly never = new AbortController().signal;

  constructor(readonly clock = new VirtualClock()) {
    this.stream = new FakeStream(clock);
    this.aws = retrying(this.stream.aws, { clock, events: this.events, random: () => 0.5 });
  }

  async start(options: ApplierOptions = {}) {
    const roots = await this.clock.run(listShards(this.stream.aws, 'arn'));
    this.begin(ShardGraph.start(roots), options);
  }

  /** A poller that continues from the graph, as after a restart. */
  async restart(): Promise<void> {
    await this.clock.run(this.poller.stop());
    this.begin(this.graph);
  }

  /** Continues to read from a graph. */
  begin(graph: ShardGraph, options: ApplierOptions = {}): void {
    const { queueBytes = 32 * MiB, concurrentReads = 32, idleReadsPerSecond = 200, ...others } = options;
    const { aws, clock, events } = this;
    this.graph = graph;
    this.poller = new Poller({
      aws,
      clock,
      events,
      pipeline: 'p',
      streamArn: 'arn',
      random: () => 0.5,
      scheduler: new ReadScheduler({ clock, queueBytes, concurrentReads, idleReadsPerSecond }),
      beforeRead: () => undefined,
      ...others,
    });
    this.poller.follow(this.graph);
  }

  async takeOnce(maxBytes = 1024 * 1024): Promise<readonly Arrival[]> {
    const taken = await this.poller.take({ maxBytes, maxWaitMs: SECOND, signal: this.never });
    for (const arrival of taken) {
      this.arrivals.push(arrival);
      if (arrival.kind === 'listing') this.graph = this.graph.listed(arrival);
      else if (arrival.kind === 'children') this.graph = this.graph.childrenSeen(arrival);
      else {
        const { graph, kept } = this.graph.applied(arrival);
        this.graph = graph;
        for (const { sequenceNumber } of kept) this.kept.push(`${arrival.shardId}:${sequenceNumber}`);
      }
    }
    this.poller.follow(this.graph);
    return taken;
  }

  /** Takes and applies until the given time has passed. */
  async applyFor(ms: number): Promise<void> {
    const end = this.clock.elapsedMs() + ms;
    const work = async () => {
      while (this.clock.elapsedMs() < end) await this.takeOnce();
    };
    await this.clock.run(work());
  }

  readsOf(shardId: string): number[] {
    return this.stream.reads.filter((read) => read.shardId === shardId).map(({ at }) => at);
  }
}

/** For the enclosing `describe`: creates an applier with a shard A before each test, and stops it afterwards. */
export function beforeEachApplier(begin: (applier: Applier) => void): void {
  let applier: Applier;
  beforeEach(() => {
    applier = new Applier();
    applier.stream.open('A');
    begin(applier);
  });
  afterEach(async () => {
    if (applier.poller) await applier.clock.run(applier.poller.stop());
  });
}
