import { z } from 'zod';
import { KINDS, settingsGroups } from '../destinations/kinds';
import { destinationLocation } from './location';
import {
  bucketValue,
  bytes,
  listOfTables,
  MiB,
  numberBetween,
  wholeNumber,
  yesOrNo,
} from '../setting-values';

/** How long stopping may take where the settings do not say so. */
export const DEFAULT_STOP_MS = 8_000;

const milliseconds = wholeNumber;

const schemaName = () => z.string().min(1).max(255);
const tableName = () => z.string().min(1).max(255);

// The settings are made of the kinds there are: one that came later would have none.
Object.freeze(KINDS);

/** What is wrong where an ARN was given for a name; `undefined`: it is none. */
function notAnArn(what: string, arn: RegExp, input: unknown): string | undefined {
  const name = typeof input === 'string' ? arn.exec(input)?.[1] : undefined;
  return name === undefined ? undefined : `expected the ${what}’s name, not its ARN: ${name}`;
}

/** A table in a settings file: what it says goes before the settings for all tables. */
export const tableSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
    error: ({ input }) =>
      notAnArn('table', /^arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/([^/]+)/, input) ??
      'expected a table name of 3 to 255 letters, digits, _ . -',
  }),
  destinationTable: tableName().optional(),
  destinationSchema: schemaName().optional(),
  columns: z.enum(['columns', 'document']).optional(),
  maxColumns: wholeNumber(1, 1500).optional(),
  deletes: z.enum(['hard', 'soft']).optional(),
});

/**
 * Every setting there is: command line, environment and file are read by this one schema, and docs/CONFIGURATION.md is
 * written from it. A group is a nested object.
 */
export const schema = z.strictObject({
  tables: z.preprocess(listOfTables, z.array(tableSchema).min(1).optional()).meta({
    description:
      'The DynamoDB tables to replicate. On the command line and in the environment their names; in a file (and, as JSON, ' +
      'in the environment) a list of names or of objects with `name` and, for this table only, `destinationTable`, `destinationSchema`, `columns`, ' +
      '`maxColumns`, `deletes`. Names given by flag or environment choose from the list in the file and keep what it ' +
      'says about them.',
    example: 'orders',
    flag: 'table',
    placeholder: 'NAME',
  }),
  bucket: z
    .preprocess(
      bucketValue,
      z
        .strictObject(
          {
            name: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
              error: ({ input }) =>
                notAnArn('bucket', /^arn:[^:]*:s3:::([^/]+)/, input) ??
                'expected a bucket name of 3 to 63 characters',
            }),
            prefix: z.string().min(1).optional(),
          },
          { error: 'expected NAME or NAME/PREFIX, without s3://' },
        )
        .optional(),
    )
    .meta({
      description: 'The S3 bucket that exports go to, and a prefix in it.',
      example: 'my-exports/replicator',
      placeholder: 'NAME[/PREFIX]',
    }),
  bucketOwner: z
    .string()
    .regex(/^\d{12}$/, 'expected an account id of 12 digits (quoted in a YAML file)')
    .optional()
    .meta({
      description: 'Account that owns the bucket, where it is another than the table’s.',
      example: '123456789012',
    }),
  kmsKeyId: z.string().min(1).optional().meta({
    description:
      'KMS key that exports are encrypted with (id, ARN or alias). Without it: the bucket’s default encryption.',
    example: 'alias/exports',
  }),
  to: destinationLocation(KINDS),
  deletes: z.enum(['hard', 'soft']).default('hard').meta({
    description: 'What a delete does to the row: `hard` removes it, `soft` keeps it with `__deleted` set.',
    example: 'soft',
  }),
  columns: z.enum(['columns', 'document']).default('columns').meta({
    description:
      '`columns`: a typed column per attribute. `document`: the key columns and one JSON `document` column.',
    example: 'document',
  }),
  maxColumns: wholeNumber(1, 1500).default(300).meta({
    description: 'Attributes that get a column of their own; the others go to the JSON column `__rest`.',
    example: '100',
  }),
  dropReplicationAttributes: yesOrNo().default(true).meta({
    description: 'Leave out `aws:rep:*`, which DynamoDB itself adds to items of older global tables.',
    example: 'false',
  }),
  destinationSchema: schemaName().optional().meta({
    description: 'Schema of the destination tables; without it the destination’s default.',
    example: 'raw',
  }),
  destinationTable: tableName().optional().meta({
    description:
      'Name of the destination table, where one table is replicated; without it the source’s name.',
    example: 'orders_copy',
  }),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'expected a region such as eu-west-1')
    .optional()
    .meta({
      description: 'AWS region of the tables; without it AWS_REGION, AWS_DEFAULT_REGION or the profile’s.',
      example: 'eu-west-1',
    }),
  profile: z.string().min(1).optional().meta({
    description:
      'Profile of the AWS configuration files to take credentials and region from; without it AWS_PROFILE.',
    example: 'staging',
  }),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
    .optional()
    .meta({
      description:
        'Address of DynamoDB, its streams, S3 and STS together: for the simulator. Without it AWS_ENDPOINT_URL, its forms for single services (AWS_ENDPOINT_URL_S3), or AWS’s own.',
      example: 'http://127.0.0.1:4566',
    }),
  streamsEndpoint: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
    .optional()
    .meta({
      description:
        'Address of DynamoDB Streams alone, such as that of a VPC endpoint, which has no private name of its own.',
      example: 'https://vpce-0a1b2c3d-e4f5.streams.dynamodb.eu-west-1.vpce.amazonaws.com',
    }),
  queueBytes: bytes(MiB)
    .default(64 * MiB)
    .meta({
      description:
        'Memory for stream records that are read and not applied yet, for all tables of the process together. When it is used up, ' +
        'readers wait for the destination.',
      example: '128MiB',
    }),
  onGap: z
    .enum(['exit', 'wait'])
    .default('exit')
    .meta({
      description:
        'What becomes of a table whose stream records were lost: `exit` ends `run`, once no other table is left, with code 3; ' +
        '`wait` keeps it running, not ready, looks again every 5 minutes, and carries out a `resync` that is asked for meanwhile.',
      example: 'wait',
    }),
  yes: yesOrNo().default(false).meta({
    description: 'Do not ask before `verify` and `resync` request an export, which costs money.',
    example: 'true',
  }),
  clockRate: numberBetween(1, 100_000).default(1).meta({
    description:
      'Only with the simulator: how many times faster its clock runs, so that pauses keep their proportion.',
    example: '60',
  }),
  load: z.strictObject({
    connections: wholeNumber(1, 64)
      .optional()
      .meta({
        description:
          'Export files loaded at the same time, each on a connection of its own. Without it: ' +
          `${KINDS.map(({ loadConnections }) => loadConnections).join('; ')}.`,
        example: '2',
      }),
    transactionBytes: bytes(1)
      .default(128 * MiB)
      .meta({
        description: 'Small export files share a transaction up to this uncompressed size.',
        example: '64MiB',
      }),
  }),
  ...settingsGroups(),
  source: z.strictObject({
    roleArn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/,
        'expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
      )
      .optional()
      .meta({
        description:
          'Role to assume for the tables, their streams and exports, such as one of the account that owns them; exports are then ' +
          'written with its rights. Exports and secrets are read with the credentials of one’s own.',
        example: 'arn:aws:iam::123456789012:role/orders-reader',
        placeholder: 'ARN',
      }),
    // Source: IAM User Guide, "IAM and AWS STS quotas", external ID.
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 letters, digits, and + = , . @ : / _ -')
      .optional()
      .meta({
        description: 'External id that the role asks for.',
        example: 'replicator-7f3a',
      }),
  }),
  poll: z.strictObject({
    minMs: milliseconds(50)
      .default(250)
      .meta({ description: 'Pause between reads of a shard that has records.', example: '500' }),
    maxMs: milliseconds(50)
      .default(5_000)
      .meta({ description: 'Pause between reads of an idle shard; reads are billed.', example: '10000' }),
    concurrentReads: wholeNumber(2, 1_000)
      .optional()
      .meta({
        description:
          'Requests for stream records under way at once, for all tables of the process together, at least 2: one may hang. ' +
          'Without it 16 per core, and at most 64.',
        example: '48',
      }),
    listShardsMs: milliseconds(5_000, 30_000).default(20_000).meta({
      description:
        'Time between complete listings of the shards, 5 to 30 seconds; four times what one takes where that is longer (rule W1).',
      example: '15000',
    }),
    exportMs: milliseconds(1_000)
      .default(15_000)
      .meta({ description: 'Time between looks at an export that is under way.', example: '30000' }),
  }),
  timeouts: z.strictObject({
    connectMs: milliseconds(100)
      .default(5_000)
      .meta({ description: 'For connecting to an AWS endpoint.', example: '10000' }),
    requestMs: milliseconds(1_000)
      .default(20_000)
      .meta({ description: 'For an AWS request until its answer begins.', example: '40000' }),
    socketMs: milliseconds(1_000).default(30_000).meta({
      description: 'For silence on an open connection, also in the middle of an answer.',
      example: '60000',
    }),
    callMs: milliseconds(5_000).default(120_000).meta({
      description: 'For one AWS call with its first retries; not for the body of a file.',
      example: '300000',
    }),
    stopMs: milliseconds(1_000)
      .default(DEFAULT_STOP_MS)
      .meta({ description: 'For committing what is in hand after SIGTERM or Ctrl-C.', example: '20000' }),
  }),
  health: z.strictObject({
    port: wholeNumber(1, 65_535)
      .optional()
      .meta({
        description:
          'Port on 127.0.0.1 where /healthz, /readyz and /metrics answer, and where `healthcheck` asks; `run` then also waits for a ' +
          'destination that does not answer at its start. Without it none is opened, and such a run ends.',
        example: '8080',
      }),
  }),
  metrics: z.strictObject({
    namespace: z
      .string()
      .regex(
        /^(?!AWS\/)[A-Za-z0-9._/#:-]{1,255}$/,
        'expected a CloudWatch namespace that does not begin with AWS/',
      )
      .optional()
      .meta({
        description:
          'CloudWatch namespace: while `run` runs, metrics are written into the log in its embedded metric format, where the log ' +
          'is JSON lines. Without it none are.',
        example: 'DynamoDBReplicator',
      }),
    replicator: z.string().min(1).max(255).optional().meta({
      description: 'What the metrics’ dimension `Replicator` says; without it `replicator`.',
      example: 'orders-prod',
    }),
  }),
  log: z.strictObject({
    format: z
      .enum(['auto', 'human', 'json'])
      .default('auto')
      .meta({ description: '`auto`: for people on a terminal, JSON lines otherwise.', example: 'json' }),
    level: z
      .enum(['error', 'warn', 'info', 'debug'])
      .default('info')
      .meta({ description: 'The least important kind of line that is still written.', example: 'debug' }),
    summaryMs: milliseconds(1_000).default(30_000).meta({
      description: 'Progress and stream batches are summed up in one line at most this often.',
      example: '60000',
    }),
  }),
});
