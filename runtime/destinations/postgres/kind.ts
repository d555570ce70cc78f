import { z } from 'zod';
import { wholeNumber } from '../../setting-values';
import type { DestinationKind } from '../kind';
import { TLS_MODES } from './address';
import {
  DEFAULT_CONNECTIONS,
  isPostgresLocation,
  MOST_COLUMNS,
  postgresSettings,
  type PostgresSettings,
} from './config';
import { LEAST_CONNECTIONS } from './connection/pool';
import type * as Implementation from './destination';
import { postgresDialect } from './dialect';
import { sqlType } from './types';

/** The part `:KEY:STAGE:VERSION` behind the name of a secret. ECS and CloudFormation allow it, Secrets Manager does not. */
function partOfSecret(arn: string): string | undefined {
  const [, part] = /^(?:[^:]*:){6}[^:]+(:.*)$/.exec(arn) ?? [];
  return part;
}

const group = z.strictObject({
  url: z.string().min(1).optional().meta({
    description:
      'The address, when `to` is `postgres`. Its only parameters are `sslmode`, `sslrootcert` and `host`.',
    example: 'postgres://replicator@db.internal/warehouse',
    placeholder: 'postgres://USER@HOST/DATABASE',
  }),
  host: z.string().min(1).optional().meta({
    description: 'Host name or address of the server, or the folder of its Unix socket.',
    example: 'db.internal',
  }),
  port: wholeNumber(1, 65_535)
    .optional()
    .meta({ description: 'Port of the server. Default: 5432.', example: '6432' }),
  database: z.string().min(1).optional().meta({
    description: 'Default: the database named like the user.',
    example: 'warehouse',
  }),
  user: z.string().min(1).optional().meta({ description: 'Role to log in as.', example: 'replicator' }),
  password: z.string().min(1).optional().meta({
    description: 'Password of the role. It has no flag, since other users of the machine could read it.',
    example: 'correct horse battery staple',
    secret: true,
  }),
  passwordFile: z.string().min(1).optional().meta({
    description: 'File with the password. It is read at every login.',
    example: '/run/secrets/postgres',
    placeholder: 'FILE',
  }),
  passwordSecret: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+$/,
      'expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    )
    .refine((arn) => partOfSecret(arn) === undefined, {
      error: ({ input }) =>
        `expected the ARN of a whole secret: leave out ${partOfSecret(String(input))}. The replicator reads the key "password" of a JSON secret`,
    })
    .optional()
    .meta({
      description:
        'ARN of an AWS Secrets Manager secret: the password alone, or JSON with `username` and `password` as RDS writes ' +
        'it. It is read at the start, and again when a login fails, so you can rotate it without a restart.',
      example: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3',
      placeholder: 'ARN',
    }),
  tls: z.enum(TLS_MODES).optional().meta({
    description:
      'Like `sslmode` in libpq. Default: `verify-full`, or `disable` if the server is on this machine.',
    example: 'require',
  }),
  tlsCa: z
    .string()
    .optional()
    .meta({
      description:
        'The authorities to check the server’s certificate with, as text in PEM form, where no file can be given. In a stack it ' +
        'comes from the secret `tlsCaSecretArn`.',
      example: '-----BEGIN CERTIFICATE----- …',
      placeholder: 'PEM',
    }),
  tlsCaFile: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        'PEM file of the authorities to check the server’s certificate with, or `system` for those of Node. Default: those of ' +
        'Node, and for a server of RDS or Aurora also those of Amazon.',
      example: '/etc/ssl/authorities.pem',
      placeholder: 'FILE',
    }),
  connections: wholeNumber(LEAST_CONNECTIONS, 100)
    .optional()
    .meta({
      description:
        `Most connections at a time, shared by all tables. Default: ${DEFAULT_CONNECTIONS}. One of them holds locks, one is ` +
        'reserved for checking on the others, and all but three may load.',
      example: '20',
    }),
});

export const postgres: DestinationKind<'postgres', typeof group, PostgresSettings> = {
  name: 'postgres',
  title: 'PostgreSQL',
  phrase: 'PostgreSQL',
  location: {
    description:
      'a PostgreSQL server, as `postgres://USER@HOST:PORT/DATABASE`, or as `postgres` with the settings of that group',
    expected: 'postgres://USER@HOST/DATABASE',
    form: 'postgres://USER@HOST/DATABASE',
    example: 'postgres://replicator@db.internal/warehouse',
    placeholder: 'postgres://…',
  },
  loadConnections:
    'for PostgreSQL one per core of the process, at least 2 and at most 4, and no more than the server has available',
  mostColumns: { count: MOST_COLUMNS, because: 'where a row has to fit into a page' },
  dialect: postgresDialect,
  columnType: sqlType,
  group,
  matches: isPostgresLocation,
  settings: postgresSettings,
  open(settings, context) {
    // oxlint-disable-next-line typescript/no-require-imports
    const { PostgresDestination } = require('./destination') as typeof Implementation;
    return new PostgresDestination(settings, context);
  },
};
