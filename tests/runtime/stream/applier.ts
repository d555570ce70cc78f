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
  /** Instead of one of its own: shared with other appliers on the same clock. */
  readonly scheduler?: ReadScheduler;
  readonly pace?: Partial<Pace>;
  readonly beforeRead?: () => void;
}

/** An applier in small: takes, applies, and tells the poller of what is committed. */
export class Applier {
  graph!: ShardGraph;
  readonly kept: string[] = [];
  readonly arrivals: Arrival[] = [];
  readonly stream: FakeStream;
  readonly events = new Events();
  /** As the pipeline has them. */
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

  /** A poller that goes on from the graph, as after a restart. */
  async restart(): Promise<void> {
    await this.clock.run(this.poller.stop());
    this.begin(this.graph);
  }

  /** Reads on from a graph. */
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

  /** Takes until the given time has passed. */
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

/** In the `describe` around: before each test a new one with a shard A, which is stopped after it. */
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
