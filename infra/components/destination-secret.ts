import * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { SecretAccess } from '../arguments/access';
import type { PostgresConnection, PostgresDestination } from '../arguments/destination';
import { physicalName } from '../plan/names';
import { namesOf } from './place';

/** The destination with its secret in Secrets Manager, and who has to read that. */
export interface SecuredDestination {
  readonly connection: PostgresConnection;
  /** Read by the runtime. */
  readonly secrets: SecretAccess[];
  /** Read by ECS at the start of a task. */
  readonly injectedSecrets: SecretAccess[];
}

/** Puts a password or address that is given into Secrets Manager; one that is there already is used. */
export function securedDestination(
  name: string,
  { password, url, ...connection }: PostgresDestination,
  parent: pulumi.Resource,
): SecuredDestination {
  const { secretKmsKeyArn } = connection;
  const access = (arn: pulumi.Input<string>): SecretAccess[] => [
    { arn, ...(secretKmsKeyArn !== undefined && { kmsKeyArn: secretKmsKeyArn }) },
  ];
  const keep = (value: pulumi.Input<string>) => kept(name, value, secretKmsKeyArn, parent);
  const urlSecretArn = url === undefined ? connection.urlSecretArn : keep(url);
  if (urlSecretArn !== undefined) {
    return {
      connection: { ...connection, urlSecretArn },
      secrets: [],
      injectedSecrets: access(urlSecretArn),
    };
  }
  const passwordSecretArn =
    password === undefined ? (connection.passwordSecretArn as pulumi.Input<string>) : keep(password);
  return {
    connection: { ...connection, passwordSecretArn },
    secrets: access(passwordSecretArn),
    injectedSecrets: [],
  };
}

function kept(
  name: string,
  value: pulumi.Input<string>,
  kmsKeyArn: pulumi.Input<string> | undefined,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const secret = new aws.secretsmanager.Secret(
    `${name}-destination`,
    {
      name: physicalName('secret', namesOf(name), 'destination'),
      description: 'How the replicator logs in at its destination; set from the stack’s configuration',
      // The stack's configuration has it too; kept, its name could not be used again for days.
      recoveryWindowInDays: 0,
      ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }),
    },
    { parent },
  );
  const version = new aws.secretsmanager.SecretVersion(
    `${name}-destination`,
    { secretId: secret.id, secretString: value },
    { parent: secret },
  );
  // A task that starts before the value is there fails.
  return version.arn;
}
