import { readFileSync } from 'node:fs';
import type * as Sts from '@aws-sdk/client-sts';
import type { Connection, Keys, RoleRequest, WebIdentity } from '../../plan/table-streaming/connection';

/** For Pulumi: keep these functions as text, not the path to this file, which the package does not export. @public */
export const deploymentOnlyModule = true;

/** How a client of the AWS SDK signs its requests. Empty: with the environment's credentials. */
export interface Signing {
  readonly credentials?: NonNullable<Sts.STSClientConfig['credentials']>;
  readonly profile?: string;
  readonly logger?: Sts.STSClientConfig['logger'];
}

/** The credentials that an AWS provider of these settings has: keys or a profile, then its roles one after another. */
export function signingOf(region: string, connection: Connection, keys: Keys): Signing {
  const sts = { region: connection.stsRegion ?? region, ...endpoint(connection.endpoints?.sts) };
  const { webIdentity, roles = [] } = connection;
  const first =
    webIdentity === undefined
      ? firstSigning(connection, keys)
      : { credentials: () => assumeWithToken(sts, webIdentity, keys.webIdentityToken) };
  return roles.reduce<Signing>(
    (signing, role) => ({ credentials: () => assume({ ...sts, ...signing }, role) }),
    first,
  );
}

export function endpoint(address: string | undefined): { readonly endpoint?: string } {
  return address ? { endpoint: address } : {};
}

/** Loaded only when it is used: Pulumi keeps these functions as text, and cannot keep a package. */
export function loadSts(): typeof Sts {
  // oxlint-disable-next-line typescript/no-require-imports -- a top-level import would be kept as text too
  return require('@aws-sdk/client-sts') as typeof Sts;
}

function firstSigning(connection: Connection, keys: Keys): Signing {
  const { accessKey, secretKey, token } = keys;
  if (accessKey && secretKey) {
    return {
      credentials: {
        accessKeyId: accessKey,
        secretAccessKey: secretKey,
        ...(token && { sessionToken: token }),
      },
    };
  }
  const { profile, sharedConfigFile, sharedCredentialsFile } = connection;
  const silent = () => undefined;
  return {
    // Without a logger the SDK warns on the console that it prefers the profile to keys of the environment.
    ...(profile && { profile, logger: { debug: silent, info: silent, warn: silent, error: silent } }),
    // The client passes all of its configuration on to the function that finds credentials, which knows these two.
    ...(sharedConfigFile && { configFilepath: sharedConfigFile }),
    ...(sharedCredentialsFile && { filepath: sharedCredentialsFile }),
  };
}

async function assume(config: Sts.STSClientConfig, request: RoleRequest) {
  const { STSClient, AssumeRoleCommand } = loadSts();
  const client = new STSClient(config);
  try {
    return identityOf(await client.send(new AssumeRoleCommand(request)));
  } finally {
    client.destroy();
  }
}

async function assumeWithToken(
  config: Sts.STSClientConfig,
  { request, tokenFile }: WebIdentity,
  token: string | undefined,
) {
  const { STSClient, AssumeRoleWithWebIdentityCommand } = loadSts();
  const WebIdentityToken = token || readFileSync(tokenFile ?? '', 'utf8').trim();
  const client = new STSClient(config);
  try {
    return identityOf(
      await client.send(new AssumeRoleWithWebIdentityCommand({ ...request, WebIdentityToken })),
    );
  } finally {
    client.destroy();
  }
}

function identityOf({ Credentials: found }: { readonly Credentials?: Sts.Credentials | undefined }) {
  if (!found?.AccessKeyId || !found.SecretAccessKey) throw new Error('STS returned no credentials.');
  return {
    accessKeyId: found.AccessKeyId,
    secretAccessKey: found.SecretAccessKey,
    ...(found.SessionToken && { sessionToken: found.SessionToken }),
    ...(found.Expiration && { expiration: found.Expiration }),
  };
}
