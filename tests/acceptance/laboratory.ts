import assert from 'node:assert/strict';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { SdkServices } from '../../runtime/aws/sdk';
import type { Lab } from '../../acceptance/check';
import { allOf, type Connect, connectWith } from '../../acceptance/clients';
import { labFor, type LabParts } from '../../acceptance/lab';
import { setUp, signIn } from '../../acceptance/set-up';
import type { ReplicatorParts, Surroundings } from '../../acceptance/surroundings';
import { DEFAULT_SETTINGS } from '../../runtime/aws/settings';
import { type Knobs, type Listening, Simulator } from '../../simulator';
import { trackedDestination, trackedServices } from '../exactness/tracked';
import { gunzipAtOnce } from '../simulation/gunzip-at-once';
import { VirtualClock } from '../simulation/virtual-clock';
import { type BeforeRequest, InProcessHandler } from '../simulator/in-process-handler';

export const SUFFIX = 'abcd1234';
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface LaboratoryOptions {
  readonly knobs?: Partial<Knobs>;
  readonly seed?: number;
  /** Asked before each request. */
  readonly before?: BeforeRequest;
}

/** The surroundings of a run on virtual time: the SDK's clients bring their requests to a simulator without sockets. */
export class Laboratory implements Surroundings {
  readonly clock = new VirtualClock();
  readonly simulator: Simulator;
  readonly region: string;
  readonly random: () => number;
  private listening: Listening | undefined;
  before: BeforeRequest;

  constructor({ knobs = {}, seed = 1, before = () => undefined }: LaboratoryOptions = {}) {
    this.simulator = new Simulator({ clock: this.clock, seed, knobs });
    this.region = this.simulator.region;
    this.before = before;
    let count = seed;
    // Low-quality numbers are enough to name things.
    this.random = () => ((count = (count * 48_271) % 2_147_483_647) - 1) / 2_147_483_646;
  }

  readonly connect: Connect = (provider) => {
    const clients = connectWith({
      ...DEFAULT_SETTINGS,
      region: this.region,
      endpoint: 'http://127.0.0.1',
      credentials: CREDENTIALS,
      // Its pauses between tries would be real time.
      maxAttempts: 1,
    })(provider);
    for (const client of allOf(clients)) {
      client.config.requestHandler = new InProcessHandler(this.simulator, (request) =>
        this.before(request),
      ) as unknown as typeof client.config.requestHandler;
      const send = client.send.bind(client) as (...given: unknown[]) => Promise<unknown>;
      client.send = ((...given: unknown[]) => this.clock.track(send(...given))) as typeof client.send;
    }
    return clients;
  };

  /** The replicator's own clients use sockets: they need the laboratory to be open. */
  readonly replicator: ReplicatorParts = {
    openServices: (roleArn) => {
      assert.ok(this.listening !== undefined, 'without the laboratory’s address it would call AWS');
      const settings = {
        region: this.region,
        endpoint: this.listening.url,
        credentials: CREDENTIALS,
        sourceRole: { roleArn },
        maxAttempts: 1,
      };
      return trackedServices(new SdkServices(settings, this.clock), this.clock);
    },
    openDestination: (path) =>
      trackedDestination(new DuckDBDestination(duckdbSettings(path, { threads: 1 })), this.clock),
    parts: { random: () => this.random(), decompress: gunzipAtOnce },
  };

  async open(): Promise<void> {
    this.listening = await this.simulator.listen();
  }

  async close(): Promise<void> {
    await this.listening?.close();
  }

  /** Runs work on virtual time. */
  run<T>(work: Promise<T>): Promise<T> {
    return this.clock.run(work);
  }

  /** What all checks of a run share. @param lines gets the progress */
  async prepared(
    signal: AbortSignal = new AbortController().signal,
    lines: string[] = [],
  ): Promise<LabParts> {
    const record = { mode: 'quick', only: [], seed: 1, begunAt: this.clock.now() } as const;
    const preparing = async () =>
      setUp(await signIn(this, SUFFIX, signal), this, { record, signal, log: (line) => lines.push(line) });
    return this.run(preparing());
  }

  /** The lab of one check. */
  async lab(id: string, signal?: AbortSignal): Promise<Lab> {
    return labFor({ id, mode: 'quick' }, await this.prepared(signal));
  }
}
