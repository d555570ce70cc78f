import type { Destination, PostgresDestination } from '../arguments/destination';
import { formed } from './formats';
import { readableSetting } from './readable';
import { given, type Problems, problems, type Rule, under } from './rules';

export const PASSWORD_MISSING =
  'the password is missing: set the ARN of a secret, or password as a secret value';

export function destinationProblems({ postgres, duckdb }: Destination): Problems {
  if (duckdb !== undefined) {
    return problems([
      true,
      'destination.duckdb',
      'a service cannot keep a DuckDB file: the disk of a Fargate task does not outlive it, and on a shared file system ' +
        'the file’s lock fails. Use destination.postgres, or run dynamodb-replicator run --to FILE.duckdb on your own machine',
    ]);
  }
  if (postgres === undefined)
    return problems([
      true,
      'destination.postgres',
      'is required: name the PostgreSQL server that the rows go to',
    ]);
  return under('destination.postgres', postgresProblems(postgres));
}

export function postgresProblems(postgres: PostgresDestination): Problems {
  const { host, user, database, port, password, passwordSecretArn, url, urlSecretArn } = postgres;
  const { tlsCaFile, tlsCaSecretArn, tlsCaSecretKmsKeyArn } = postgres;
  const isWholeAddress = url !== undefined || urlSecretArn !== undefined;
  const inAddress = (value: unknown, argument: string): Rule => [
    isWholeAddress && value !== undefined,
    argument,
    'is already part of the address: remove it',
  ];
  return problems(
    [!isWholeAddress && host === undefined, 'host', 'is required, such as warehouse.internal'],
    [
      typeof host === 'string' && !/^[A-Za-z0-9._:-]+$/.test(host),
      'host',
      'expected only a host name or an IP address, such as warehouse.internal; port, database and user are separate arguments',
    ],
    [
      typeof host === 'string' && /^[^:/]+:\d+$/.test(host),
      'host',
      'includes a port: set the argument port instead',
    ],
    readableSetting('passwordSecretArn', passwordSecretArn, 'postgres.passwordSecret'),
    formed(urlSecretArn, 'urlSecretArn', 'secret'),
    formed(postgres.secretKmsKeyArn, 'secretKmsKeyArn', 'key'),
    [
      tlsCaFile !== undefined && !tlsCaFile.startsWith('/'),
      'tlsCaFile',
      'expected the absolute path of a file in the image, such as /etc/ssl/rds-global-bundle.pem',
    ],
    formed(tlsCaSecretArn, 'tlsCaSecretArn', 'secret'),
    formed(tlsCaSecretKmsKeyArn, 'tlsCaSecretKmsKeyArn', 'key'),
    [
      given(tlsCaFile, tlsCaSecretArn) > 1,
      'tlsCaSecretArn',
      'the authorities come from tlsCaFile and tlsCaSecretArn: keep one',
    ],
    [
      tlsCaSecretKmsKeyArn !== undefined && tlsCaSecretArn === undefined,
      'tlsCaSecretKmsKeyArn',
      'only works with tlsCaSecretArn',
    ],
    [
      given(password, passwordSecretArn, url, urlSecretArn) > 1,
      'password',
      'more than one of password, passwordSecretArn, url and urlSecretArn is set: keep one',
    ],
    [given(password, passwordSecretArn, url, urlSecretArn) === 0, 'passwordSecretArn', PASSWORD_MISSING],
    [
      !isWholeAddress && password !== undefined && user === undefined,
      'user',
      'is required: password contains no user name',
    ],
    inAddress(host, 'host'),
    inAddress(user, 'user'),
    inAddress(database, 'database'),
    readableSetting('port', port, 'postgres.port'),
  );
}
