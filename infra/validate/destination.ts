import type { Destination, PostgresDestination } from '../arguments/destination';
import { formed } from './formats';
import { readableSetting } from './readable';
import { given, type Problems, problems, type Rule, under } from './rules';

export const PASSWORD_MISSING =
  'say where the password is: the ARN of a secret, or password as a secret of the configuration';

export function destinationProblems({ postgres, duckdb }: Destination): Problems {
  if (duckdb !== undefined) {
    return problems([
      true,
      'destination.duckdb',
      'a DuckDB file cannot be kept by a service: the disk of a Fargate task is gone with it, and on a shared file system ' +
        'its lock fails. Use destination.postgres, or run dynamodb-replicator run --to FILE.duckdb on a machine of your own',
    ]);
  }
  if (postgres === undefined)
    return problems([true, 'destination.postgres', 'say which PostgreSQL server the rows go to']);
  return under('destination.postgres', postgresProblems(postgres));
}

export function postgresProblems(postgres: PostgresDestination): Problems {
  const { host, user, database, port, password, passwordSecretArn, url, urlSecretArn, tlsCaFile } = postgres;
  const isWholeAddress = url !== undefined || urlSecretArn !== undefined;
  const inAddress = (value: unknown, argument: string): Rule => [
    isWholeAddress && value !== undefined,
    argument,
    'stands in the address already',
  ];
  return problems(
    [!isWholeAddress && host === undefined, 'host', 'is needed, such as warehouse.internal'],
    [
      typeof host === 'string' && !/^[A-Za-z0-9._:-]+$/.test(host),
      'host',
      'expected a name or an address alone, such as warehouse.internal; port, database and user are arguments of their own',
    ],
    readableSetting('passwordSecretArn', passwordSecretArn, 'postgres.passwordSecret'),
    formed(urlSecretArn, 'urlSecretArn', 'secret'),
    formed(postgres.secretKmsKeyArn, 'secretKmsKeyArn', 'key'),
    [
      tlsCaFile !== undefined && !tlsCaFile.startsWith('/'),
      'tlsCaFile',
      'expected the whole path of a file in the image, such as /etc/ssl/rds-global-bundle.pem',
    ],
    [
      given(password, passwordSecretArn, url, urlSecretArn) > 1,
      'password',
      'the password comes from more than one of password, passwordSecretArn, url, urlSecretArn: leave one',
    ],
    [given(password, passwordSecretArn, url, urlSecretArn) === 0, 'passwordSecretArn', PASSWORD_MISSING],
    [
      !isWholeAddress && password !== undefined && user === undefined,
      'user',
      'is needed, as password is the password alone',
    ],
    inAddress(host, 'host'),
    inAddress(user, 'user'),
    inAddress(database, 'database'),
    readableSetting('port', port, 'postgres.port'),
  );
}
