import { UnsuitableResource } from '../../errors';

/**
 * What of an AWS provider's settings decides whose credentials a call to DynamoDB has and where it goes. A program that sets
 * up no provider has these settings in its stack's configuration (`aws:profile`, …); what neither sets, the environment does.
 */
export interface Connection {
  readonly profile?: string;
  readonly sharedConfigFile?: string;
  readonly sharedCredentialsFile?: string;
  /** Without its token, which may be among the keys. */
  readonly webIdentity?: WebIdentity;
  /** Requests of `AssumeRole`: each is sent with the credentials that the one before it returned. */
  readonly roles?: readonly RoleRequest[];
  readonly stsRegion?: string;
  readonly endpoints?: { readonly dynamodb?: string; readonly sts?: string };
}

/** What of the settings is secret. Kept apart, so that a change of the others can be shown. */
export interface Keys {
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly token?: string;
  readonly webIdentityToken?: string;
}

/** Source: STS API, AssumeRole. */
export interface RoleRequest {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number;
  readonly ExternalId?: string;
  readonly Policy?: string;
  readonly PolicyArns?: { arn: string }[];
  readonly SourceIdentity?: string;
  readonly Tags?: { Key: string; Value: string }[];
  readonly TransitiveTagKeys?: string[];
}

export interface WebIdentity {
  readonly request: Pick<
    RoleRequest,
    'RoleArn' | 'RoleSessionName' | 'DurationSeconds' | 'Policy' | 'PolicyArns'
  >;
  readonly tokenFile?: string;
}

/** As the provider has them: the text of the JSON or the value. Source: @pulumi/aws, `ProviderArgs`. */
export type ProviderSettings = Readonly<Record<string, unknown>>;

/** A role of the provider's settings; both ways to assume one. Source: @pulumi/aws, `ProviderAssumeRole`. */
interface RoleSetting {
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly duration?: string;
  readonly externalId?: string;
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly sourceIdentity?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly webIdentityToken?: string;
  readonly webIdentityTokenFile?: string;
}

/** @throws UnsuitableResource for several shared files: the AWS SDK reads one of each kind */
export function connectionOf(settings: ProviderSettings): Connection {
  const webIdentity = decoded<RoleSetting>(settings['assumeRoleWithWebIdentity']);
  const roles = (decoded<readonly RoleSetting[]>(settings['assumeRoles']) ?? []).filter(
    ({ roleArn }) => roleArn,
  );
  const endpoints = Object.assign({}, ...(decoded<readonly object[]>(settings['endpoints']) ?? [])) as {
    dynamodb?: string;
    sts?: string;
  };
  return {
    ...given({
      profile: settings['profile'] as string,
      sharedConfigFile: onlyFile(settings, 'sharedConfigFiles'),
      sharedCredentialsFile: onlyFile(settings, 'sharedCredentialsFiles'),
      stsRegion: settings['stsRegion'] as string,
    }),
    ...(webIdentity?.roleArn && {
      webIdentity: {
        request: requestOf(webIdentity),
        ...given({ tokenFile: webIdentity.webIdentityTokenFile }),
      },
    }),
    ...(roles.length > 0 && { roles: roles.map(requestOf) }),
    ...((endpoints.dynamodb || endpoints.sts) && {
      endpoints: given({ dynamodb: endpoints.dynamodb, sts: endpoints.sts }),
    }),
  };
}

export function keysOf(settings: ProviderSettings): Keys {
  return given({
    accessKey: settings['accessKey'] as string,
    secretKey: settings['secretKey'] as string,
    token: settings['token'] as string,
    webIdentityToken: decoded<RoleSetting>(settings['assumeRoleWithWebIdentity'])?.webIdentityToken,
  });
}

function requestOf(role: RoleSetting): RoleRequest {
  const { roleArn = '', sessionName, duration, policyArns = [], tags = {}, transitiveTagKeys = [] } = role;
  return {
    RoleArn: roleArn,
    RoleSessionName: sessionName || 'dynamodb-replicator',
    ...given({
      DurationSeconds: secondsOf(duration),
      ExternalId: role.externalId,
      Policy: role.policy,
      SourceIdentity: role.sourceIdentity,
    }),
    ...(policyArns.length > 0 && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
    ...(Object.keys(tags).length > 0 && {
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
    ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: [...transitiveTagKeys] }),
  };
}

/** `1h30m` → 5400. */
function secondsOf(duration = ''): number | undefined {
  const seconds = { h: 3_600, m: 60, s: 1 };
  const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * seconds[unit as 'h' | 'm' | 's'], 0);
}

function onlyFile(settings: ProviderSettings, name: string): string | undefined {
  const files = decoded<readonly string[]>(settings[name]) ?? [];
  if (files.length > 1) {
    throw new UnsuitableResource(
      'management: Enable',
      `the AWS provider has ${files.length} files in ${name}, and Enable can read only one. Put the profile into one file, ` +
        `or turn on the stream and recovery where the table is managed, and use management: Verify`,
    );
  }
  return files[0];
}

function decoded<Value>(setting: unknown): Value | undefined {
  const value: unknown = typeof setting === 'string' && setting !== '' ? JSON.parse(setting) : setting;
  return (value || undefined) as Value | undefined;
}

/** The object without the properties that are not set. */
function given<Values extends object>(
  values: Values,
): { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> } {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  ) as { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };
}
