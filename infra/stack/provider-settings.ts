import * as aws from '@pulumi/aws';
import { didYouMean } from '../../runtime/config/issues';
import { allNearest } from '../../runtime/config/nearest';
import { formed } from '../validate/formats';
import { problems, type Problems, type Rule } from '../validate/rules';

/** How Pulumi's configuration, which is text, spells the value of a provider's setting. */
type Kind = 'text' | 'flag' | 'number' | 'json';

/** Every setting of the AWS provider: `Record` makes the compiler ask for new ones. */
const KINDS: Readonly<Record<keyof aws.ProviderArgs, Kind>> = {
  accessKey: 'text',
  allowedAccountIds: 'json',
  assumeRoleWithWebIdentity: 'json',
  assumeRoles: 'json',
  customCaBundle: 'text',
  defaultTags: 'json',
  ec2MetadataServiceEndpoint: 'text',
  ec2MetadataServiceEndpointMode: 'text',
  endpoints: 'json',
  forbiddenAccountIds: 'json',
  httpProxy: 'text',
  httpsProxy: 'text',
  ignoreTags: 'json',
  insecure: 'flag',
  maxRetries: 'number',
  noProxy: 'text',
  profile: 'text',
  region: 'text',
  retryMode: 'text',
  s3UsEast1RegionalEndpoint: 'text',
  s3UsePathStyle: 'flag',
  secretKey: 'text',
  sharedConfigFiles: 'json',
  sharedCredentialsFiles: 'json',
  skipCredentialsValidation: 'flag',
  skipMetadataApiCheck: 'flag',
  skipRegionValidation: 'flag',
  skipRequestingAccountId: 'flag',
  stsRegion: 'text',
  tagPolicyCompliance: 'text',
  token: 'text',
  tokenBucketRateLimiterCapacity: 'number',
  useDualstackEndpoint: 'flag',
  useFipsEndpoint: 'flag',
  userAgents: 'json',
};

const NAMESPACE = 'aws:';

/** Names of all settings, without the namespace. */
export const PROVIDER_SETTINGS: readonly string[] = Object.keys(KINDS);

/**
 * The configuration `aws:…` as arguments of a provider: Pulumi passes it to its default provider only, not to one that a program
 * creates.
 * @param configuration key with its namespace → value, as Pulumi hands it to a program
 * @param environment the region's variables
 */
export function providerSettings(
  configuration: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly settings: aws.ProviderArgs; readonly problems: Problems } {
  const settings: Record<string, unknown> = {};
  const rules: Rule[] = [];
  for (const [key, text] of Object.entries(configuration)) {
    if (!key.startsWith(NAMESPACE)) continue;
    const kind = (KINDS as Readonly<Record<string, Kind>>)[key.slice(NAMESPACE.length)];
    const value = kind === undefined ? undefined : valueOf(text, kind);
    if (kind === undefined) {
      const known = PROVIDER_SETTINGS.map((name) => NAMESPACE + name);
      rules.push([true, key, `no such setting of the AWS provider${didYouMean(key, known)}`]);
    } else if (value === undefined) {
      rules.push([true, key, EXPECTED[kind]]);
    } else {
      settings[key.slice(NAMESPACE.length)] = value;
    }
  }
  const [setting, region] =
    Object.entries({
      'aws:region': settings['region'] as string | undefined,
      ...regionsIn(environment),
    }).find(([, value]) => value !== undefined) ?? [];
  if (setting === undefined || region === undefined)
    rules.push([true, 'aws:region', 'is required: pulumi config set aws:region REGION']);
  else rules.push(...regionRules(region, setting, settings['skipRegionValidation'] === true));
  return {
    settings: { ...settings, ...(region !== undefined && { region }) },
    problems: problems(...rules),
  };
}

const regionsIn = ({ AWS_REGION, AWS_DEFAULT_REGION }: Readonly<Record<string, string | undefined>>) => ({
  AWS_REGION,
  AWS_DEFAULT_REGION,
});

/**
 * AWS has a host name for each region, so requests to a region that does not exist are repeated for minutes.
 * @param setting that names the region
 * @param isUnlisted whether the user vouches for it
 */
function regionRules(region: string, setting: string, isUnlisted: boolean): readonly Rule[] {
  const isKnown = isUnlisted || REGIONS.includes(region);
  const form = formed(region, setting, 'region');
  return [form, [!form[0] && !isKnown, setting, unknownRegion(region)]];
}

/** Of all partitions, as this version of the AWS provider knows them. */
const REGIONS: readonly string[] = Object.values(aws.types.enums.Region);

/** The problem of a region that AWS does not have, with those that may be meant. */
function unknownRegion(region: string): string {
  const close = allNearest(region, REGIONS);
  const meant = close.length === 0 ? '.' : `; did you mean ${close.join(' or ')}?`;
  return (
    `AWS has no region ${region}${meant} If ${region} is newer than this package: ` +
    'pulumi config set aws:skipRegionValidation true'
  );
}

const EXPECTED: Readonly<Record<Kind, string>> = {
  text: 'expected text',
  flag: 'expected true or false',
  number: 'expected a whole number',
  json: "expected a list or an object; with pulumi config set, one element after the other: --path 'aws:allowedAccountIds[0]' 123456789012",
};

/** `undefined` for text that spells no such value. */
function valueOf(text: string, kind: Kind): unknown {
  switch (kind) {
    case 'text':
      return text;
    case 'flag':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : undefined;
    case 'json':
      try {
        const value: unknown = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : undefined;
      } catch {
        return undefined;
      }
  }
}
