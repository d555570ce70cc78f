import type { RoleToAssume } from './assumed-role';
import type { Service } from './operations';

/** Provides the SDK with the credentials of each request. */
export type CredentialsProvider = (options?: { readonly forceRefresh?: boolean }) => Promise<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}>;

/** How to reach AWS. What is left out, the AWS SDK finds in the environment and its configuration files. */
export interface AwsSettings {
  readonly region?: string | undefined;
  /** One address for all services, of a simulator. */
  readonly endpoint?: string | undefined;
  /** Address of DynamoDB Streams only, for a VPC endpoint. It overrides `endpoint`. */
  readonly streamsEndpoint?: string | undefined;
  /** Addresses from the environment or a configuration file, which the SDK finds too. `endpoint` overrides them. */
  readonly endpoints?: Readonly<Partial<Record<Service, string | undefined>>> | undefined;
  readonly profile?: string | undefined;
  /** The profile with which a person signs in, if it is another one that assumes this profile's role. */
  readonly signInProfile?: string | undefined;
  /** Whether to use the proxies of the environment (default: true). False for a simulator in this process. */
  readonly usesProxies?: boolean | undefined;
  /** Replaces the credentials that the SDK finds; for a simulator, which accepts any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  /**
   * Role to assume for the tables, their streams and exports, and for writing to S3, as exports are written with its rights.
   * Exports and secrets are read with the caller's own credentials.
   */
  readonly sourceRole?: RoleToAssume | undefined;
  /** Tries of one call inside the SDK; `retrying` continues after them. */
  readonly maxAttempts: number;
  readonly timeouts: Timeouts;
}

/** All in ms. The SDK's defaults would wait for a silent server forever. */
export interface Timeouts {
  readonly connectMs: number;
  /** From sending a request to the first byte of its response. */
  readonly requestMs: number;
  /** Silence on an open connection, also in the middle of a body. */
  readonly socketMs: number;
  /** One call with all its tries, without reading the body of an object. */
  readonly callMs: number;
}

export const DEFAULT_SETTINGS: AwsSettings = {
  maxAttempts: 3,
  timeouts: { connectMs: 5_000, requestMs: 20_000, socketMs: 30_000, callMs: 120_000 },
};
