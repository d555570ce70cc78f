import { METRIC_NAMESPACE } from '../../runtime/observe/metrics';
import { LogFormat, OnGap } from '../arguments/choices';
import type { PostgresTls } from '../arguments/choices';
import type { RuntimeSettings } from '../arguments/runtime';
import { HEALTH_PORT, RUNTIME_STOP_MS } from './container';
import type { ContainerSettings } from './environment';

/** A service's arguments once all outputs are known. */
export interface ResolvedService {
  readonly tables: ContainerSettings['tables'];
  readonly bucket: {
    readonly name: string;
    readonly prefix?: string | undefined;
    readonly ownerAccountId?: string | undefined;
    readonly kmsKeyArn?: string | undefined;
  };
  readonly postgres: {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    readonly database?: string | undefined;
    readonly user?: string | undefined;
    readonly passwordSecretArn?: string | undefined;
    readonly tls?: PostgresTls | undefined;
    readonly tlsCaFile?: string | undefined;
    readonly connections?: number | undefined;
  };
  readonly sourceRole: { readonly roleArn: string; readonly externalId?: string | undefined } | undefined;
  readonly settings: RuntimeSettings | undefined;
  readonly region: string;
  readonly streamsEndpoint: string | undefined;
  /** Name of the replicator in metrics. */
  readonly name: string;
}

/** Arguments outside `settings` → the replicator's setting that each becomes. */
export const SETTING_NAMES = {
  'exportBucket.existingBucketName': 'bucket',
  'exportBucket.prefix': 'bucket',
  'exportBucket.existingBucketOwner': 'bucketOwner',
  'exportBucket.kmsKeyArn': 'kmsKeyId',
  'destination.postgres.host': 'postgres.host',
  'destination.postgres.port': 'postgres.port',
  'destination.postgres.database': 'postgres.database',
  'destination.postgres.user': 'postgres.user',
  'destination.postgres.tls': 'postgres.tls',
  'destination.postgres.tlsCaFile': 'postgres.tlsCaFile',
  'destination.postgres.tlsCaSecretArn': 'postgres.tlsCa',
  'destination.postgres.connections': 'postgres.connections',
  'destination.postgres.passwordSecretArn': 'postgres.passwordSecret',
  'destination.postgres.password': 'postgres.passwordSecret',
  'destination.postgres.urlSecretArn': 'postgres.url',
  'destination.postgres.url': 'postgres.url',
  'access.sourceRole.roleArn': 'source.roleArn',
  'access.sourceRole.externalId': 'source.externalId',
  'network.endpoints': 'streamsEndpoint',
} as const satisfies Readonly<Record<string, string>>;

/** Settings that the stack sets; no argument can change them. */
export const SET_BY_THE_STACK = [
  'to',
  'region',
  'health.port',
  'metrics.namespace',
  'metrics.replicator',
] as const;

/** A service that waits or ends needs somebody to run `resync`. */
export const DEFAULT_ON_GAP = OnGap.Heal;

/** Whether the replicator heals gaps, and so has to read keys of the tables. */
export function healsGaps({ onGap = DEFAULT_ON_GAP }: RuntimeSettings = {}): boolean {
  return onGap === OnGap.Heal;
}

/** The replicator's settings in the task. */
export function containerSettings({
  tables,
  bucket,
  postgres,
  sourceRole,
  settings = {},
  region,
  streamsEndpoint,
  name,
}: ResolvedService): ContainerSettings {
  const { passwordSecretArn, ...server } = postgres;
  return {
    ...settings,
    tables,
    bucket: { name: bucket.name, ...(bucket.prefix !== undefined && { prefix: bucket.prefix }) },
    bucketOwner: bucket.ownerAccountId,
    kmsKeyId: bucket.kmsKeyArn,
    to: 'postgres',
    onGap: settings.onGap ?? DEFAULT_ON_GAP,
    postgres: { ...server, passwordSecret: passwordSecretArn },
    source: { roleArn: sourceRole?.roleArn, externalId: sourceRole?.externalId },
    region,
    streamsEndpoint,
    timeouts: { stopMs: RUNTIME_STOP_MS, ...settings.timeouts },
    health: { port: HEALTH_PORT },
    metrics: { namespace: METRIC_NAMESPACE, replicator: name },
    log: { format: LogFormat.Json, ...settings.log },
  };
}
