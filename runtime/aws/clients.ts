import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../clock';
import { AssumedRole } from './assumed-role';
import { Buckets } from './buckets';
import { cliFlags } from './cli-command';
import { clientConfig, setClock } from './connection';
import { serverOf } from './endpoints';
import type { RequestHandler, Route } from './request-handler';
import type { AnsweredClock } from './service-clock';
import type { AwsSettings, CredentialsProvider } from './settings';

type Located = AwsSettings & { readonly region: string };

/** The SDK's clients, each with its own credentials. The responses of all of them set the service clock. */
export class Clients {
  /** With the caller's own credentials. */
  readonly sts: STSClient;
  readonly buckets: Buckets;
  /** For the source, as the assumed role if there is one. */
  readonly sourceSts: STSClient;
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sourceBuckets: Buckets;

  /** @param local measures the length of sessions */
  constructor(settings: Located, clock: AnsweredClock, local: Clock) {
    const { region } = settings;
    this.sts = new STSClient(clientConfig(settings, 'sts'));
    const source = sourceCredentials(settings, this.sts, clock, local);
    this.sourceSts = source ? new STSClient(clientConfig(settings, 'sts', source)) : this.sts;
    this.dynamodb = new DynamoDBClient(clientConfig(settings, 'dynamodb', source));
    this.streams = new DynamoDBStreamsClient(
      // The SDK would keep a request's turn during its pauses, so `retrying` makes all retries.
      clientConfig({ ...settings, maxAttempts: 1 }, 'streams', source),
    );
    for (const client of new Set([this.dynamodb, this.streams, this.sts, this.sourceSts]))
      setClock(client.middlewareStack, clock);
    this.buckets = new Buckets(settings, clock, region);
    this.sourceBuckets = source ? new Buckets(settings, clock, region, source) : this.buckets;
  }

  /** Reads the credentials again for the next try, as a person or a session tool may have renewed them. */
  readCredentialsAgain(): void {
    for (const client of this.all()) {
      const credentials = client.config.credentials as (options?: object) => Promise<unknown>;
      // The next call reports a failure.
      credentials({ forceRefresh: true }).catch(() => undefined);
    }
  }

  /** How each host called so far was reached. */
  get routes(): readonly Route[] {
    const all = [...this.all()].flatMap(({ config }) => (config.requestHandler as RequestHandler).routes);
    return [...new Map(all.map((route) => [route.host, route])).values()];
  }

  destroy(): void {
    for (const client of this.all()) client.destroy();
  }

  private all() {
    const { dynamodb, streams, sts, sourceSts, buckets, sourceBuckets } = this;
    return new Set([dynamodb, streams, sts, sourceSts, ...buckets.clients, ...sourceBuckets.clients]);
  }
}

function sourceCredentials(
  { region, sourceRole: role, timeouts, ...settings }: Located,
  sts: STSClient,
  serviceClock: AnsweredClock,
  clock: Clock,
): CredentialsProvider | undefined {
  if (role === undefined) return undefined;
  const context = { ...cliFlags(settings, region), server: serverOf(settings, 'sts') };
  const assumed = new AssumedRole({ role, sts, clock, serviceClock, context, deadlineMs: timeouts.callMs });
  return (options) => assumed.credentials(options);
}
