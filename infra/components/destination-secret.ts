import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { SecretAccess } from '../arguments/access';
import type { PostgresConnection, PostgresDestination } from '../arguments/destination';
import type { PhysicalNames } from './names';

/** The destination with its secret in Secrets Manager, and the secrets by their reader. */
export interface SecuredDestination {
  readonly connection: PostgresConnection;
  /** Secrets that the runtime reads. */
  readonly secrets: SecretAccess[];
  /** Secrets that ECS reads when a task starts. */
  readonly injectedSecrets: SecretAccess[];
}

/** Stores a given password or address in Secrets Manager, or uses the existing secret that is named. */
export function securedDestination(
  name: string,
  { password, url, ...connection }: PostgresDestination,
  names: PhysicalNames,
  parent: pulumi.Resource,
): SecuredDestination {
  const { secretKmsKeyArn, tlsCaSecretArn, tlsCaSecretKmsKeyArn } = connection;
  const keep = (value: pulumi.Input<string>) => kept(name, value, secretKmsKeyArn, names, parent);
  const authorities = tlsCaSecretArn === undefined ? [] : [access(tlsCaSecretArn, tlsCaSecretKmsKeyArn)];
  const urlSecretArn = url === undefined ? connection.urlSecretArn : keep(url);
  if (urlSecretArn !== undefined) {
    return {
      connection: { ...connection, urlSecretArn },
      secrets: [],
      injectedSecrets: [access(urlSecretArn, secretKmsKeyArn), ...authorities],
    };
  }
  const passwordSecretArn =
    password === undefined ? (connection.passwordSecretArn as pulumi.Input<string>) : keep(password);
  return {
    connection: { ...connection, passwordSecretArn },
    secrets: [access(passwordSecretArn, secretKmsKeyArn)],
    injectedSecrets: authorities,
  };
}

function access(arn: pulumi.Input<string>, kmsKeyArn: pulumi.Input<string> | undefined): SecretAccess {
  return { arn, ...(kmsKeyArn !== undefined && { kmsKeyArn }) };
}

function kept(
  name: string,
  value: pulumi.Input<string>,
  kmsKeyArn: pulumi.Input<string> | undefined,
  names: PhysicalNames,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const named = names.of('secret', 'destination');
  const secret = new aws.secretsmanager.Secret(
    `${name}-destination`,
    {
      ...named.input,
      description: 'Password or address of the replicator’s destination; set from the stack’s configuration',
      // With a recovery window, the name would be blocked for days. The stack's configuration still has the value.
      recoveryWindowInDays: 0,
      ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }),
    },
    { parent, ...named.options },
  );
  const version = new aws.secretsmanager.SecretVersion(
    `${name}-destination`,
    { secretId: secret.id, secretString: value },
    { parent: secret },
  );
  // A task that starts before the secret has its value fails.
  return version.arn;
}
