import { InvalidSettings, readSettings } from '../../runtime/config';
import type { Destination, PostgresDestination } from '../arguments/destination';
import type { DynamoDBReplicatorArgs } from '../arguments/replicator';
import { containerSettings, type ResolvedService, SETTING_NAMES } from '../plan/container-settings';
import type { Problems } from './rules';

/** Valid placeholders for outputs that are not known yet, and for values that other rules already report. */
const LATER = {
  bucket: 'known-later',
  account: '123456789012',
  key: 'arn:aws:kms:eu-west-1:123456789012:key/known-later',
  host: 'known-later.internal',
  name: 'known_later',
  secret: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:known-later',
  address: 'postgres://known_later@known-later.internal/known_later',
  role: 'arn:aws:iam::123456789012:role/known-later',
  externalId: 'known-later',
  region: 'eu-west-1',
};

/**
 * The replicator's own rules, by its own reader of settings: settings that the container would refuse at its start are
 * refused here. Outputs that are not known yet are not checked.
 */
export function containerProblems(args: DynamoDBReplicatorArgs): Problems {
  const settings = containerSettings(knownNow(args));
  const content: unknown = JSON.parse(
    JSON.stringify({ ...settings, postgres: { ...settings.postgres, ...addressOf(args.destination) } }),
  );
  try {
    readSettings({ flags: {}, environment: {}, file: { path: 'the container', content } });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    return error.problems.map(({ setting, problem }) => ({ argument: argumentOf(setting), problem }));
  }
}

function knownNow({
  tables,
  exportBucket = {},
  destination,
  access,
  settings,
}: DynamoDBReplicatorArgs): ResolvedService {
  const { existingBucketName, existingBucketOwner, prefix, kmsKeyArn } = exportBucket;
  const sourceRole = access?.sourceRole;
  return {
    tables: tables.map(({ name, destinationTable, destinationSchema, columns, maxColumns, deletes }) => ({
      name,
      ...(destinationTable !== undefined && { destinationTable }),
      ...(destinationSchema !== undefined && { destinationSchema }),
      ...(columns !== undefined && { columns }),
      ...(maxColumns !== undefined && { maxColumns }),
      ...(deletes !== undefined && { deletes }),
    })),
    bucket: {
      name: plain(existingBucketName, LATER.bucket) ?? LATER.bucket,
      prefix,
      ownerAccountId: plain(existingBucketOwner, LATER.account),
      kmsKeyArn: plain(kmsKeyArn, LATER.key),
    },
    postgres: serverOf(destination.postgres ?? {}),
    sourceRole: sourceRole && {
      roleArn: plain(sourceRole.roleArn, LATER.role) ?? LATER.role,
      externalId: plain(sourceRole.externalId, LATER.externalId),
    },
    settings,
    region: LATER.region,
    streamsEndpoint: undefined,
    name: LATER.name,
  };
}

function serverOf(postgres: PostgresDestination): ResolvedService['postgres'] {
  const { port, database, user, tls, tlsCaFile, connections } = postgres;
  if (hasAddress(postgres)) return { port, tls, tlsCaFile, connections };
  return {
    host: LATER.host,
    port,
    database: plain(database, LATER.name),
    user: plain(user, LATER.name),
    passwordSecretArn: LATER.secret,
    tls,
    tlsCaFile,
    connections,
  };
}

/** The address, which ECS injects from its secret. */
function addressOf({ postgres = {} }: Destination): Readonly<Record<string, string>> {
  return hasAddress(postgres) ? { url: LATER.address } : {};
}

function hasAddress({ url, urlSecretArn }: PostgresDestination): boolean {
  return url !== undefined || urlSecretArn !== undefined;
}

/** The value, or its placeholder if it is an output. */
function plain(value: unknown, later: string): string | undefined {
  return value === undefined || typeof value === 'string' ? value : later;
}

/** Arguments of settings that `SETTING_NAMES` does not map. */
const PARTS: Readonly<Record<string, string>> = {
  'bucket.name': 'exportBucket.existingBucketName',
  'bucket.prefix': 'exportBucket.prefix',
  // Metrics need a JSON log, and the stack always has metrics.
  'metrics.namespace': 'settings.log.format',
};

/** The argument that a setting came from. */
function argumentOf(setting: string): string {
  if (/^tables\b/.test(setting)) return setting;
  const [named] = Object.entries(SETTING_NAMES).find(([, name]) => name === setting) ?? [];
  return PARTS[setting] ?? named ?? `settings.${setting}`;
}
