import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import {
  type Connection,
  connectionOf,
  type Keys,
  keysOf,
  type ProviderSettings,
} from '../../plan/table-streaming/connection';

const NAMES = [
  'profile',
  'sharedConfigFiles',
  'sharedCredentialsFiles',
  'assumeRoles',
  'assumeRoleWithWebIdentity',
  'stsRegion',
  'endpoints',
] as const;
const SECRET_NAMES = ['accessKey', 'secretKey', 'token', 'assumeRoleWithWebIdentity'] as const;

/**
 * The settings of the AWS provider that a component has: an explicit one has each of its arguments as an output, although its
 * type lists only those that are text; the default provider has the stack's configuration. A provider that a program in another
 * language passed to a component has no outputs here, so nothing is known of it.
 */
export function providerSettings(component: pulumi.Resource): {
  readonly connection: pulumi.Output<Connection>;
  readonly keys?: pulumi.Output<Keys>;
} {
  const explicit = component.getProvider('aws:dynamodb/table:Table');
  const settings = (explicit ?? aws.config) as unknown as ProviderSettings;
  const of = (names: readonly string[]) =>
    pulumi.all(Object.fromEntries(names.map((name) => [name, settings[name] as pulumi.Input<unknown>])));
  const known = of(NAMES).apply(connectionOf);
  // The program cannot see whether the stack's configuration has it as a secret; an explicit provider's output can.
  const hasExternalId =
    explicit === undefined && aws.config.assumeRoles?.some(({ externalId }) => externalId);
  const connection = hasExternalId ? pulumi.secret(known) : known;
  if (SECRET_NAMES.every((name) => settings[name] === undefined)) return { connection };
  return { connection, keys: pulumi.secret(of(SECRET_NAMES).apply(keysOf)) };
}
