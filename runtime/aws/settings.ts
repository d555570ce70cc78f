import type { RoleToAssume } from './assumed-role';
import type { Service } from './operations';

/** What the SDK asks for the credentials of each request. */
export type CredentialsProvider = (options?: { readonly forceRefresh?: boolean }) => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}>;

/** How to reach AWS. Everything left out is what the AWS SDK finds in the environment and its configuration files. */
export interface AwsSettings {
  readonly region?: string | undefined;
  /** One address for all services: a simulator's. */
  readonly endpoint?: string | undefined;
  /** For DynamoDB Streams alone, before `endpoint`: a VPC endpoint's. */
  readonly streamsEndpoint?: string | undefined;
  /** Addresses that the environment or a configuration file names, which the SDK finds by itself; after `endpoint`. */
  readonly endpoints?: Readonly<Partial<Record<Service, string | undefined>>> | undefined;
  readonly profile?: string | undefined;
  /** The profile that a person signs in with, where its roles are assumed from another one. */
  readonly signInProfile?: string | undefined;
  /** Whether the proxies count that the environment names; left out: they do. Not for a simulator of this process. */
  readonly usesProxies?: boolean | undefined;
  /** Instead of those the SDK finds; for a simulator, which accepts any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /**
   * Role that is assumed for the tables, their streams and exports, and for what is written to S3, as exports are written with
   * its rights. Reading exports, and secrets, stays with one's own credentials.
   */
  readonly sourceRole?: RoleToAssume | undefined;
  /** Tries of one call inside the SDK; `retrying` goes on after them. */
  readonly maxAttempts: number;
  readonly timeouts: Timeouts;
}

/** All in ms. The SDK's own defaults would wait for a silent server for ever. */
export interface Timeouts {
  readonly connectMs: number;
  /** From sending a request to its answer's first byte. */
  readonly requestMs: number;
  /** Silence on an open connection, also in the middle of a body. */
  readonly socketMs: number;
  /** One call with all its tries; not for the body of an object. */
  readonly callMs: number;
}

export const DEFAULT_SETTINGS: AwsSettings = {
  maxAttempts: 3,
  timeouts: { connectMs: 5_000, requestMs: 20_000, socketMs: 30_000, callMs: 120_000 },
};
