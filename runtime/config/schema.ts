import { z } from 'zod';
import { KINDS, settingsGroups } from '../destinations/kinds';
import { destinationLocation } from './location';
import {
  bucketValue,
  bytes,
  duration,
  listOfTables,
  MiB,
  numberBetween,
  share,
  wholeNumber,
  yesOrNo,
} from '../setting-values';

/** Default of `timeouts.stopMs`. */
export const DEFAULT_STOP_MS = 8_000;

const milliseconds = wholeNumber;

const schemaName = () => z.string().min(1).max(255);
const tableName = () => z.string().min(1).max(255);

// A kind that is added after this point would get no settings.
Object.freeze(KINDS);

/** The problem when an ARN is given instead of a name; `undefined` when it is no ARN. */
function notAnArn(what: string, arn: RegExp, input: unknown): string | undefined {
  const name = typeof input === 'string' ? arn.exec(input)?.[1] : undefined;
  return name === undefined ? undefined : `expected the ${what}’s name, not its ARN: ${name}`;
}

function severalNames(input: unknown): string | undefined {
  return typeof input === 'string' && input.includes(',')
    ? 'expected a single table name; repeat --table for each'
    : undefined;
}

/** A table in a settings file. Its settings override those for all tables. */
export const tableSchema = z.strictObject({
  name: z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/, {
    error: ({ input }) =>
      notAnArn('table', /^arn:[^:]*:dynamodb:[^:]*:[^:]*:table\/([^/]+)/, input) ??
      severalNames(input) ??
      'expected a table name of 3 to 255 letters, digits, _ . -',
  }),
  destinationTable: tableName().optional(),
  destinationSchema: schemaName().optional(),
  columns: z.enum(['columns', 'document']).optional(),
  maxColumns: wholeNumber(1, 1500).optional(),
  deletes: z.enum(['hard', 'soft']).optional(),
});

/**
 * All settings. This schema reads the command line, the environment and the file, and docs/CONFIGURATION.md is generated from
 * it. A group is a nested object.
 */
export const schema = z.strictObject({
  tables: z.preprocess(listOfTables, z.array(tableSchema).min(1).optional()).meta({
    description:
      'The DynamoDB tables to replicate (repeat the flag for each). A variable takes names separated by commas. A file, or JSON ' +
      'in the variable, takes a list of names or of objects with `name` and settings for that table only: `destinationTable`, ' +
      '`destinationSchema`, `columns`, `maxColumns`, `deletes`. Names from a flag or variable replace the file’s list, but ' +
      'keep the settings that the file has for them.',
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
                'expected a bucket name of 3 to 63 lowercase letters, digits, dots and hyphens',
            }),
            prefix: z.string().min(1).optional(),
          },
          { error: 'expected NAME or NAME/PREFIX, without s3://' },
        )
        .optional(),
    )
    .meta({
      description: 'The S3 bucket for the exports, with an optional prefix.',
      example: 'my-exports/replicator',
      placeholder: 'NAME[/PREFIX]',
    }),
  bucketOwner: z
    .string()
    .regex(/^\d{12}$/, 'expected an account id of 12 digits (quoted in a YAML file)')
    .optional()
    .meta({
      description: 'Account that owns the bucket, if it is not the table’s.',
      example: '123456789012',
    }),
  kmsKeyId: z.string().min(1).optional().meta({
    description:
      'KMS key that encrypts the exports (id, ARN or alias). Without it, the bucket’s default encryption applies.',
    example: 'alias/exports',
  }),
  to: destinationLocation(KINDS),
  deletes: z.enum(['hard', 'soft']).default('hard').meta({
    description: 'What a delete does to the row: `hard` removes it, `soft` keeps it and sets `__deleted`.',
    example: 'soft',
  }),
  columns: z.enum(['columns', 'document']).default('columns').meta({
    description:
      '`columns` writes a typed column per attribute, `document` the key columns and one JSON column, `document`.',
    example: 'document',
  }),
  maxColumns: wholeNumber(1, 1500).default(300).meta({
    description: 'How many attributes get a column of their own; the others go to the JSON column `__rest`.',
    example: '100',
  }),
  dropReplicationAttributes: yesOrNo().default(true).meta({
    description: 'Leave out the `aws:rep:*` attributes that DynamoDB adds to items of older global tables.',
    example: 'false',
  }),
  destinationSchema: schemaName().optional().meta({
    description: 'Schema of the destination tables (default: the destination’s own default).',
    example: 'raw',
  }),
  destinationTable: tableName().optional().meta({
    description:
      'Name of the destination table, if you replicate a single table (default: the source table’s name).',
    example: 'orders_copy',
  }),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'expected a region such as eu-west-1')
    .optional()
    .meta({
      description:
        'AWS region of the tables (default: AWS_REGION, AWS_DEFAULT_REGION or the profile’s region).',
      example: 'eu-west-1',
    }),
  profile: z.string().min(1).optional().meta({
    description: 'Profile in the AWS configuration files for credentials and region (default: AWS_PROFILE).',
    example: 'staging',
  }),
  endpoint: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
    .optional()
    .meta({
      description:
        'Common address of DynamoDB, its streams, S3 and STS, for the simulator. Without it, AWS_ENDPOINT_URL, its forms for ' +
        'single services (AWS_ENDPOINT_URL_S3) and then AWS’s own addresses apply.',
      example: 'http://127.0.0.1:4566',
    }),
  streamsEndpoint: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// address' })
    .optional()
    .meta({
      description: 'Address of DynamoDB Streams only, for a VPC endpoint: it has no private DNS name.',
      example: 'https://vpce-0a1b2c3d-e4f5.streams.dynamodb.eu-west-1.vpce.amazonaws.com',
    }),
  queueBytes: bytes(MiB)
    .default(64 * MiB)
    .meta({
      description:
        'Memory for stream records that have been read but not applied, for all tables of the process together. When it is ' +
        'full, reading waits for the destination.',
      example: '128MiB',
    }),
  onGap: z
    .enum(['heal', 'resync', 'wait', 'exit'])
    .default('exit')
    .meta({
      description:
        'What happens when stream records of a table were lost. With `exit`, the table stops, and `run` ends with code 3 once no ' +
        'other table is left. With `wait`, `run` stays alive but not ready, checks again every 5 minutes, and runs the `resync` ' +
        'that you request. With `heal`, `run` closes the gap from incremental exports of the table and reads some keys again. ' +
        'That needs point-in-time recovery that reaches back to before the gap, and permission to read the table’s key ' +
        'attributes; otherwise `run` waits, as with `wait`, and reports what is missing. With `resync`, `run` requests a full ' +
        'export, at its full price, without asking: six hours after the last one at the earliest, and no more than three in a ' +
        'row that were each followed by another gap within a day; otherwise `run` waits, as with `wait`. `heal` and `resync` ' +
        'apply to gaps after the first load; before it, a new export is requested in any case.',
      example: 'heal',
    }),
  yes: yesOrNo()
    .default(false)
    .meta({
      description:
        'Request exports, which cost money, without asking. Without it, `verify` and `resync` ask first, and so does `run` before ' +
        'it heals a gap, if it runs on a terminal. In a container or a pipe `run` does not ask: `heal.maxUsd` is the limit.',
      example: 'true',
    }),
  clockRate: numberBetween(1, 100_000).default(1).meta({
    description:
      'For the simulator only: how many times faster its clock runs. Pauses get shorter by the same factor.',
    example: '60',
  }),
  load: z.strictObject({
    connections: wholeNumber(1, 64)
      .optional()
      .meta({
        description:
          'Export files loaded at the same time, each on a connection of its own. By default: ' +
          `${KINDS.map(({ loadConnections }) => loadConnections).join('; ')}.`,
        example: '2',
      }),
    transactionBytes: bytes(1)
      .default(128 * MiB)
      .meta({
        description: 'Small export files share a transaction, up to this uncompressed size.',
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
          'Role to assume for the tables, their streams and exports, for example in the account that owns them. Exports are then ' +
          'written with its rights; exports and secrets are read with your own credentials.',
        example: 'arn:aws:iam::123456789012:role/orders-reader',
        placeholder: 'ARN',
      }),
    // Source: IAM User Guide, "IAM and AWS STS quotas", external ID.
    externalId: z
      .string()
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'expected 2 to 1224 letters, digits, and + = , . @ : / _ -')
      .optional()
      .meta({
        description: 'External id that the role requires.',
        example: 'replicator-7f3a',
      }),
  }),
  verify: z.strictObject({
    every: duration(3_600_000, 'expected a duration of at least 1 hour, such as 7d or 24h')
      .optional()
      .meta({
        description:
          'Time between two verifies of each table by `run`, which needs no `yes` for them: `7d`, `24h`, `90min`, or a number of ms. ' +
          'Each pays for an export of the whole table. Without it, tables are verified only when you run `verify`.',
        example: '7d',
      }),
    sample: share()
      .default(1)
      .meta({
        description:
          'Share of each export’s files that a verify loads and compares, such as `10%`: for large tables. The export costs the same. A ' +
          'sample does not find rows that only the destination has.',
        example: '10%',
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
          'Concurrent requests for stream records, for all tables of the process together. At least 2, as one may hang. By ' +
          'default 16 per core, and at most 64.',
        example: '48',
      }),
    listShardsMs: milliseconds(5_000, 30_000).default(20_000).meta({
      description:
        'Time between complete listings of the shards, 5 to 30 seconds; four times the duration of a listing if that is longer (rule W1).',
      example: '15000',
    }),
    exportMs: milliseconds(1_000)
      .default(15_000)
      .meta({ description: 'Time between checks of a running export.', example: '30000' }),
  }),
  heal: z.strictObject({
    maxUsd: numberBetween(0, 1_000_000)
      .default(50)
      .meta({
        description:
          'With `onGap: heal`, the most that closing one gap of a table may cost, in US dollars by the estimate made beforehand. ' +
          'Above it, `run` waits and prints the command to run. 0 permits none.',
        example: '20',
      }),
    // The most of one partition is 3,000; 40,000 is the default quota of a table.
    readUnitsPerSecond: wholeNumber(1, 40_000)
      .default(100)
      .meta({
        description:
          'With `onGap: heal`, the most read units per second used for reading keys of the table again, so that enough capacity ' +
          'is left for your application.',
        placeholder: 'UNITS',
        example: '500',
      }),
  }),
  timeouts: z.strictObject({
    connectMs: milliseconds(100)
      .default(5_000)
      .meta({ description: 'Limit for connecting to an AWS endpoint.', example: '10000' }),
    requestMs: milliseconds(1_000)
      .default(20_000)
      .meta({ description: 'Limit for an AWS request until its response begins.', example: '40000' }),
    socketMs: milliseconds(1_000).default(30_000).meta({
      description: 'Limit for silence on an open connection, also in the middle of a response.',
      example: '60000',
    }),
    callMs: milliseconds(5_000).default(120_000).meta({
      description: 'Limit for one AWS call and its first retries, but not for reading a file’s body.',
      example: '300000',
    }),
    stopMs: milliseconds(1_000).default(DEFAULT_STOP_MS).meta({
      description: 'Limit for committing pending changes after SIGTERM or Ctrl-C.',
      example: '20000',
    }),
  }),
  health: z.strictObject({
    port: wholeNumber(1, 65_535)
      .optional()
      .meta({
        description:
          'Port on 127.0.0.1 for /healthz, /readyz and /metrics, and for the command `healthcheck`. With it, `run` also waits for a ' +
          'destination that is unreachable at the start; without it, no port is opened and such a run ends.',
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
          'CloudWatch namespace. With it, `run` adds metrics in CloudWatch’s embedded metric format to its log, if that is JSON ' +
          'lines. Without it there are no metrics.',
        example: 'DynamoDBReplicator',
      }),
    replicator: z.string().min(1).max(255).optional().meta({
      description: 'Value of the metrics’ dimension `Replicator` (default: `replicator`).',
      example: 'orders-prod',
    }),
  }),
  log: z.strictObject({
    format: z.enum(['auto', 'human', 'json']).default('auto').meta({
      description:
        '`human` shows progress, `json` writes JSON lines, `auto` is `human` on a terminal and `json` elsewhere.',
      example: 'json',
    }),
    level: z
      .enum(['error', 'warn', 'info', 'debug'])
      .default('info')
      .meta({ description: 'The least severe level that is still written.', example: 'debug' }),
    summaryMs: milliseconds(1_000).default(30_000).meta({
      description: 'Progress and stream batches are summarized in one line at most this often.',
      example: '60000',
    }),
  }),
});
