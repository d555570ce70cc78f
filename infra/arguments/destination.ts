import type * as pulumi from '@pulumi/pulumi';
import type { PostgresTls } from './choices';

/** A PostgreSQL server, with its secrets in Secrets Manager. */
export interface PostgresConnection {
  /**
   * Host name or IP address of the server.
   * @default (required, unless `url` or `urlSecretArn` is given)
   * @example 'warehouse.internal'
   */
  host?: pulumi.Input<string>;
  /**
   * Port of the server.
   * @default 5432
   * @example 6432
   */
  port?: number;
  /**
   * Name of the database.
   * @default the one in the secret, else the user's name
   * @example 'warehouse'
   */
  database?: pulumi.Input<string>;
  /**
   * PostgreSQL role to log in as.
   * @default the one in the secret
   * @example 'replicator'
   */
  user?: pulumi.Input<string>;
  /**
   * ARN of a secret that holds the password alone, or JSON as RDS writes it. The replicator reads it at its start and when a
   * login fails, so you can rotate it without a restart.
   * @default none
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3'
   */
  passwordSecretArn?: pulumi.Input<string>;
  /**
   * ARN of a secret that holds the whole address, password included. It is read when a task starts: after a rotation, start another task.
   * @default none
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-url-a1b2c3'
   */
  urlSecretArn?: pulumi.Input<string>;
  /**
   * ARN of the customer-managed KMS key that encrypts the secret of the password or address.
   * @default none: Secrets Manager's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  secretKmsKeyArn?: pulumi.Input<string>;
  /**
   * TLS of the connection, with the meanings of libpq's `sslmode`.
   * @default PostgresTls.VerifyFull
   * @example PostgresTls.Require
   */
  tls?: PostgresTls;
  /**
   * File in the image with the certificate authorities, in PEM form, to check the server's certificate against.
   * @default none: the authorities of Node, and for RDS and Aurora those of Amazon
   * @example '/etc/ssl/authorities.pem'
   */
  tlsCaFile?: string;
  /**
   * ARN of a secret that holds the certificate authorities, in PEM form, to check the server's certificate against. It is read
   * when a task starts.
   * @default none: the authorities of Node, and for RDS and Aurora those of Amazon
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:authorities-a1b2c3'
   */
  tlsCaSecretArn?: pulumi.Input<string>;
  /**
   * ARN of the customer-managed KMS key that encrypts the secret `tlsCaSecretArn`.
   * @default none: Secrets Manager's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  tlsCaSecretKmsKeyArn?: pulumi.Input<string>;
  /**
   * Maximum number of connections to the server, for all tables together.
   * @default 8
   * @example 20
   */
  connections?: number;
}

/** A PostgreSQL server. A secret passed here is stored in Secrets Manager. */
export interface PostgresDestination extends PostgresConnection {
  /**
   * The password, as a secret value. It is stored in Secrets Manager.
   * @default none
   * @example config.requireSecret('destinationPassword')
   */
  password?: pulumi.Input<string>;
  /**
   * The whole address, password included, as a secret value. It is stored in Secrets Manager.
   * @default none
   * @example config.requireSecret('destinationUrl')
   */
  url?: pulumi.Input<string>;
}

/** A DuckDB file. A Fargate service cannot keep one, so it is refused; use `dynamodb-replicator run` for it. */
export interface DuckDBDestination {
  /**
   * Path of the file.
   * @default (required)
   * @example 'orders.duckdb'
   */
  path: string;
}

/** Where the rows go. Set exactly one property. */
export interface Destination {
  /**
   * A PostgreSQL server.
   * @default none
   * @example { host: 'warehouse.internal', user: 'replicator', passwordSecretArn: secret.arn }
   */
  postgres?: PostgresDestination;
  /**
   * A DuckDB file. Refused: the disk of a task does not outlive it.
   * @default none
   * @example { path: 'orders.duckdb' }
   */
  duckdb?: DuckDBDestination;
}
