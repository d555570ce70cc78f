import type * as pulumi from '@pulumi/pulumi';
import type { PostgresTls } from './choices';

/** A PostgreSQL server whose secrets are in Secrets Manager. */
export interface PostgresConnection {
  /**
   * Name or address of the server.
   * @default (required, unless the address is a secret)
   * @example 'warehouse.internal'
   */
  host?: pulumi.Input<string>;
  /**
   * Its port.
   * @default 5432
   * @example 6432
   */
  port?: number;
  /**
   * The database.
   * @default the one of the user's name, or what the secret says
   * @example 'warehouse'
   */
  database?: pulumi.Input<string>;
  /**
   * Role to log in as.
   * @default what the secret says
   * @example 'replicator'
   */
  user?: pulumi.Input<string>;
  /**
   * Secret with the password alone, or with JSON as RDS writes it. The replicator reads it at its start and when a login
   * fails, so that it may be rotated.
   * @default none
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3'
   */
  passwordSecretArn?: pulumi.Input<string>;
  /**
   * Secret with the whole address, password included. It is read when a task starts: after a rotation, start another.
   * @default none
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-url-a1b2c3'
   */
  urlSecretArn?: pulumi.Input<string>;
  /**
   * Customer-managed KMS key that the secret is encrypted with.
   * @default none, for Secrets Manager's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  secretKmsKeyArn?: pulumi.Input<string>;
  /**
   * How the connection is protected.
   * @default PostgresTls.VerifyFull
   * @example PostgresTls.Require
   */
  tls?: PostgresTls;
  /**
   * File in the image with the authorities to check the server's certificate with.
   * @default none, for those of Node, and for RDS and Aurora those of Amazon
   * @example '/etc/ssl/authorities.pem'
   */
  tlsCaFile?: string;
  /**
   * Most connections at a time, for all tables together.
   * @default 8
   * @example 20
   */
  connections?: number;
}

/** A PostgreSQL server; a secret that is given here is put into Secrets Manager. */
export interface PostgresDestination extends PostgresConnection {
  /**
   * The password, as a secret of the stack's configuration.
   * @default none
   * @example config.requireSecret('destinationPassword')
   */
  password?: pulumi.Input<string>;
  /**
   * The whole address, password included, as a secret of the stack's configuration.
   * @default none
   * @example config.requireSecret('destinationUrl')
   */
  url?: pulumi.Input<string>;
}

/** A DuckDB file. A service has nowhere to keep one, so it is refused; `dynamodb-replicator run` takes it. */
export interface DuckDBDestination {
  /**
   * Path of the file.
   * @default (required)
   * @example 'orders.duckdb'
   */
  path: string;
}

/** Where the rows go: exactly one of these. */
export interface Destination {
  /**
   * A PostgreSQL server.
   * @default none
   * @example { host: 'warehouse.internal', user: 'replicator', passwordSecretArn: secret.arn }
   */
  postgres?: PostgresDestination;
  /**
   * A DuckDB file; refused, as a task's disk does not last.
   * @default none
   * @example { path: 'orders.duckdb' }
   */
  duckdb?: DuckDBDestination;
}
