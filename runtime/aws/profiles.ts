import { ReplicatorError } from '../errors';
import type { ConfigurationFiles } from './configuration-files';

/** The part of a profile that matters here. */
export interface Profile {
  /** The profile whose credentials assume this one's role. */
  readonly source?: string | undefined;
  /** One address for all services. */
  readonly endpoint?: string | undefined;
  /** The section with the addresses of services. */
  readonly services?: string | undefined;
  /** `true`: no address is read from files and variables. */
  readonly ignoresEndpoints?: string | undefined;
}

const MOST_NAMED = 20;

/** The AWS configuration files do not have the named profile. */
export class UnknownProfile extends ReplicatorError {
  readonly kind = 'fatal';

  /** @param others names of the profiles that exist */
  constructor(
    readonly profile: string,
    others: Iterable<string>,
  ) {
    const names = [...others];
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    const known =
      names.length === 0
        ? 'They have no profiles.'
        : `Their profiles: ${names.slice(0, MOST_NAMED).join(', ')}${more}.`;
    super(
      `There is no profile ${profile} in the AWS configuration files (~/.aws/config and ~/.aws/credentials, or the files that ` +
        `AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name). ${known} Name one of them with --profile or AWS_PROFILE, or unset AWS_PROFILE.`,
    );
  }
}

/**
 * The profiles in both files. In the first a profile's section is `[profile NAME]` or `[default]`, and other sections are not
 * profiles. In the second it is `[NAME]`.
 */
export function profilesIn({ config, credentials }: ConfigurationFiles): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  const named = config.flatMap(({ name, values }) => {
    const profile = profileOf(name);
    return profile === undefined ? [] : [{ name: profile, values }];
  });
  for (const { name, values } of [...named, ...credentials]) {
    const before = profiles.get(name);
    profiles.set(name, {
      source: values.get('source_profile') ?? before?.source,
      endpoint: values.get('endpoint_url') ?? before?.endpoint,
      services: values.get('services') ?? before?.services,
      ignoresEndpoints: values.get('ignore_configured_endpoint_urls') ?? before?.ignoresEndpoints,
    });
  }
  return profiles;
}

function profileOf(section: string): string | undefined {
  if (section === 'default') return section;
  return /^profile\s+(['"]?)(.*)\1$/.exec(section)?.[2];
}

/** The profile with which a person signs in for this one: the first of its chain of roles. */
export function signInProfile(
  profiles: ReadonlyMap<string, Profile>,
  profile: string | undefined,
): string | undefined {
  const passed = new Set<string>();
  let name = profile ?? 'default';
  for (;;) {
    passed.add(name);
    const source = profiles.get(name)?.source;
    if (source === undefined || passed.has(source)) return name === 'default' ? profile : name;
    name = source;
  }
}
