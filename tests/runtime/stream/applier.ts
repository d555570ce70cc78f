import { Events } from '../../../runtime/observe/events';
import { listShards } from '../../../runtime/stream/listing';
import type { Pace } from '../../../runtime/stream/pace';
import type { Arrival } from '../../../runtime/stream/page-queue';
import { Poller } from '../../../runtime/stream/poller';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { VirtualClock } from '../../simulation/virtual-clock';
import { SECOND } from './arrivals';
import { FakeStream } from './fake-stream';

interface Options {
  readonly queueBytes?: number;
  readonly pace?: Partial<Pace>;
  readonly beforeRead?: () => void;
}

/** An applier in small: takes, applies, and tells the poller of what is committed. */
export class Applier {
  graph!: ShardGraph;
  readonly kept: string[] = [];
  readonly arrivals: Arrival[] = [];
  readonly clock = new VirtualClock();
  readonly stream = new FakeStream(this.clock);
  readonly events = new Events();
  poller!: Poller;
  readonly never = new AbortController().signal;

  async start(options: Options = {}) {
    const roots = await this.clock.run(listShards(this.stream.aws, 'arn'));
    this.graph = ShardGraph.start(roots);
    this.open(options);
  }

  /** A poller that goes on from the graph, as after a restart. */
  async restart(): Promise<void> {
    await this.clock.run(this.poller.stop());
    this.open({});
  }

  private open(options: Options): void {
    this.poller = new Poller({
      aws: this.stream.aws,
      clock: this.clock,
      events: this.events,
      pipeline: 'p',
      streamArn: 'arn',
      random: () => 0.5,
      beforeRead: () => undefined,
      ...options,
    });
    this.poller.follow(this.graph);
  }

  async takeOnce(maxBytes = 1024 * 1024): Promise<readonly Arrival[]> {
    const taken = await this.poller.take({ maxBytes, maxWaitMs: SECOND, signal: this.never });
    for (const arrival of taken) {
      this.arrivals.push(arrival);
      if (arrival.kind === 'listing') this.graph = this.graph.listed(arrival);
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
