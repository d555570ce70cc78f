import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { setMaxListeners } from 'node:events';
import { clientConfig } from '../runtime/aws/connection';
import type { AwsSettings, CredentialsProvider } from '../runtime/aws/settings';
import { otherRegion } from './buckets';
import type { LabClients } from './check';

/** Clients of one caller. */
export interface Clients extends LabClients {
  /** In `otherRegion`. For one call at a time: while the SDK follows a redirect, other calls of the client would go there, too. */
  readonly s3Away: S3Client;
  readonly iam: IAMClient;
  readonly sts: STSClient;
}

/** Opens clients with the caller's credentials, or with others. */
export type Connect = (credentials?: CredentialsProvider) => Clients;

/** The SDK's own clients. Each transient error is tried again, up to `settings.maxAttempts` times. */
export function connectWith(settings: AwsSettings & { readonly region: string }): Connect {
  const s3 = (region: string, credentials: CredentialsProvider | undefined) =>
    new S3Client({
      ...clientConfig({ ...settings, region }, 's3', credentials),
      forcePathStyle: settings.endpoint !== undefined,
      followRegionRedirects: true,
    });
  return (credentials) => ({
    dynamodb: new DynamoDBClient(clientConfig(settings, 'dynamodb', credentials)),
    streams: new DynamoDBStreamsClient(clientConfig(settings, 'streams', credentials)),
    s3: s3(settings.region, credentials),
    s3Away: s3(otherRegion(settings.region), credentials),
    // IAM has one endpoint for all regions of a partition; the address of a simulator serves it, too.
    iam: new IAMClient(clientConfig({ ...settings, endpoints: undefined }, 'sts', credentials)),
    sts: new STSClient(clientConfig(settings, 'sts', credentials)),
  });
}

type AnyClient = Clients[keyof Clients];

export const allOf = (clients: Clients): readonly AnyClient[] => Object.values(clients) as AnyClient[];

/** Makes every call of these clients end when the signal aborts. */
export function endingWith(clients: Clients, signal: AbortSignal): Clients {
  // One signal ends all calls, so many listeners are no leak.
  setMaxListeners(0, signal);
  for (const client of allOf(clients)) {
    const send = client.send.bind(client) as (command: unknown, options: object) => Promise<unknown>;
    client.send = ((command: unknown, options: object = {}) => {
      signal.throwIfAborted();
      return send(command, { abortSignal: signal, ...options });
    }) as typeof client.send;
  }
  return clients;
}

type Handler = (args: never) => Promise<{ readonly response: unknown; readonly output: object }>;

interface MiddlewareStack {
  add(middleware: (next: Handler) => Handler, options: { step: 'initialize'; name: string }): void;
}

interface Response {
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** The `Date` headers of responses, by their outputs and errors. */
export class ResponseDates {
  private readonly dates = new WeakMap<object, number>();

  /** Notes the dates of everything that these clients receive. */
  listenTo(clients: Clients): void {
    const middleware =
      (next: Handler): Handler =>
      async (args) => {
        try {
          const result = await next(args);
          this.note(result.output, result.response as Response);
          return result;
        } catch (error) {
          const { $response } = error as { readonly $response?: Response };
          if ($response !== undefined) this.note(error as object, $response);
          throw error;
        }
      };
    for (const client of allOf(clients))
      (client.middlewareStack as unknown as MiddlewareStack).add(middleware, {
        step: 'initialize',
        name: 'noteDate',
      });
  }

  /** Epoch ms, rounded down to the second; undefined without a header, and for what no client received. */
  of(received: object): number | undefined {
    return this.dates.get(received);
  }

  private note(received: object, { headers = {} }: Response): void {
    const time = Date.parse(headers['date'] ?? '');
    if (!Number.isNaN(time)) this.dates.set(received, time);
  }
}
