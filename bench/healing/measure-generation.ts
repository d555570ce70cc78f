import { exportCostUsd } from '../../cost/costs';
import { healCostUsd } from '../../cost/heals';
import { SdkServices } from '../../runtime/aws/sdk';
import type { AwsServices } from '../../runtime/aws/services';
import { settingsOf } from '../../runtime/config';
import type { Destination, OperableDestination, PipelineStore } from '../../runtime/destinations/destination';
import { type EventMap, Events } from '../../runtime/observe/events';
import { Replicator } from '../../runtime/replicator';
import { openAt } from '../begin';
import { peakBytes } from '../measured';
import { overriding } from '../overriding';
import { PacedClock } from '../paced-clock';
import type { HealMeasures } from '../results';
import type { Sums } from './source-process';
import { BUCKET, SOURCE_TABLE } from './source-table';
import { Timeline } from './timeline';

export interface GenerationPlan {
  /** Closes the gap that it finds by a heal, or by loading the whole table; or loads it for the first time. */
  readonly way: 'heal' | 'resync';
  /** As in `--to`. */
  readonly to: string;
  /** Of the simulator. */
  readonly url: string;
}

export interface Surroundings {
  /** Both clocks should go at this pace from now on. */
  readonly onPace: (pace: number) => void;
  /** It is published. It follows until the signal aborts. */
  readonly onMeasured: (measured: MeasuredGeneration) => void;
  readonly signal: AbortSignal;
}

export interface MeasuredGeneration {
  readonly measures: HealMeasures;
  /** Of the visible table. */
  readonly sums: Sums;
}

/** While nothing but AWS is waited for. */
const WAITING_PACE = 500;
const WORK = ['loading', 'finding', 'rereading', 'publishing'] as const;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
const SUMS = `SELECT count(*) AS "rows", sum(version) AS versions, sum(version * version) AS squares FROM ${SOURCE_TABLE}`;

/** Runs a replicator that publishes a generation and then follows, and measures what its own work takes until the publish. */
export async function measureGeneration(
  { way, to, url }: GenerationPlan,
  { onPace, onMeasured, signal }: Surroundings,
): Promise<void> {
  const clock = new PacedClock(WAITING_PACE, 0);
  onPace(WAITING_PACE);
  const cpu = new Timeline(cpuMs, () => undefined);
  const timeline = new Timeline(
    () => performance.now(),
    (work) => {
      const pace = work === 'waiting' ? WAITING_PACE : 1;
      clock.setPace(pace);
      onPace(pace);
      cpu.enter(work);
    },
  );
  const events = new Events();
  const counted = { downloadedBytes: 0, readUnits: 0, billedBytes: new Map<string, number>() };
  const sdk = await SdkServices.open({ endpoint: url, region: 'eu-west-1', credentials: CREDENTIALS }, clock);
  const destination = openAt(to);
  const replicator = new Replicator({
    settings: settingsOf({ tables: [SOURCE_TABLE], bucket: BUCKET, to, endpoint: url, onGap: way }),
    aws: countedServices(sdk, counted),
    destination: timedDestination(destination, timeline),
    clock,
    events,
  });
  const published = untilPublished(events, timeline);
  const stop = new AbortController();
  const run = replicator.run(stop.signal);
  try {
    const { items, written, healed } = await published;
    const billedBytes = [...counted.billedBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const { downloadedBytes, readUnits } = counted;
    const exports = counted.billedBytes.size;
    const rereadKeys = healed?.reread ?? 0;
    const { itemCount, sizeBytes } = await sdk.describeTable(SOURCE_TABLE);
    const itemBytes = sizeBytes / itemCount;
    const measures: HealMeasures = {
      exports,
      billedBytes,
      downloadedBytes,
      items,
      rereadKeys,
      deletedKeys: healed?.deleted ?? 0,
      readUnits,
      written,
      loadMs: timeline.ms('loading'),
      findMs: timeline.ms('finding'),
      rereadMs: timeline.ms('rereading'),
      publishMs: timeline.ms('publishing'),
      cpuMs: WORK.reduce((sum, work) => sum + cpu.ms(work), 0),
      peakBytes: peakBytes(),
      priceUsd:
        way === 'heal'
          ? healCostUsd({ changedBytes: billedBytes, windows: exports, rereadKeys, itemBytes })
          : exportCostUsd(billedBytes),
    };
    onMeasured({ measures, sums: await sumsOf(destination) });
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    stop.abort(new Error('measured'));
    await run;
    sdk.close();
    await destination.close();
  }
}

interface Published {
  /** Items of all exports. */
  readonly items: number;
  readonly written: number;
  readonly healed: EventMap['pipeline.healed'] | undefined;
}

/** Follows the events of a generation until it is published. @throws the error that stopped it */
function untilPublished(events: Events, timeline: Timeline): Promise<Published> {
  let [items, files] = [0, 0];
  let written: number | undefined;
  let healed: EventMap['pipeline.healed'] | undefined;
  return new Promise((resolve, reject) => {
    events.on('export.completed', (event) => {
      items += event.items;
      files = event.files;
    });
    events.on('load.fileCommitted', ({ role }) => {
      files -= 1;
      // After its last file a load waits for the stream; a heal finds keys.
      if (role === 'shadow' && files === 0) timeline.enter('waiting');
    });
    events.on('pipeline.published', (event) => {
      written = event.written ?? 0;
    });
    events.on('pipeline.healed', (event) => {
      healed = event;
    });
    events.on('pipeline.failed', ({ error }) => reject(error));
    events.on('pipeline.phase', ({ phase }) => {
      timeline.enter(phase === 'load' ? 'loading' : phase === 'publish' ? 'publishing' : 'waiting');
      if (phase === 'stream' && written !== undefined) resolve({ items, written, healed });
    });
  });
}

/** Counts what AWS bills and what is downloaded. */
function countedServices(
  services: AwsServices,
  counted: { downloadedBytes: number; readUnits: number; readonly billedBytes: Map<string, number> },
): AwsServices {
  async function* pieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      counted.downloadedBytes += piece.length;
      yield piece;
    }
  }
  const requested = new Set<string>();
  const described = async (arn: string, signal: AbortSignal | undefined) => {
    const description = await services.describeExport(arn, signal);
    if (description.billedBytes !== undefined) counted.billedBytes.set(arn, description.billedBytes);
    return description;
  };
  return overriding(services, {
    requestExport: async (request, signal) => {
      const description = await services.requestExport(request, signal);
      requested.add(description.arn);
      return description;
    },
    // No export is complete before all are: the simulator writes them, and must not be busy while the first is loaded.
    describeExport: async (arn, signal) => {
      const all = await Promise.all([...requested].map((each) => described(each, signal)));
      const running = all.find(({ status }) => status === 'IN_PROGRESS');
      return { ...(await described(arn, signal)), ...(running && { status: 'IN_PROGRESS' as const }) };
    },
    getObject: async (bucket, key, range, signal) => {
      const body = await services.getObject(bucket, key, range, signal);
      return { ...body, bytes: pieces(body.bytes) };
    },
    readKeys: async (table, keys, signal) => {
      const read = await services.readKeys(table, keys, signal);
      counted.readUnits += read.readUnits;
      return read;
    },
  });
}

/** Separates finding keys from reading them again. */
function timedDestination(destination: Destination, timeline: Timeline): Destination {
  return overriding(destination, {
    lease: async (...words) => {
      const store = await destination.lease(...words);
      return overriding<PipelineStore>(store, {
        findKeys: async (rule, take, signal) => {
          timeline.enter('finding');
          await store.findKeys(
            rule,
            async (keys) => {
              timeline.enter('rereading');
              await take(keys);
              timeline.enter('finding');
            },
            signal,
          );
          timeline.enter('waiting');
        },
      });
    },
  });
}

/** Of this process so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

async function sumsOf(destination: OperableDestination): Promise<Sums> {
  const { rows } = await destination.query(SUMS);
  const [count, versions, squares] = (rows[0] ?? []).map(String);
  return { rows: String(count), versions: String(versions), squares: String(squares) };
}
