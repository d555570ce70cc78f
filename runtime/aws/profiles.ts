import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ReplicatorError } from '../errors';

/** The part of a profile that matters here. */
interface Profile {
  /** The profile whose credentials assume this one's role. */
  readonly source?: string | undefined;
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

/** The profiles in the files that the AWS CLI reads. An unreadable file has none. */
export function readProfiles(environment: NodeJS.ProcessEnv): ReadonlyMap<string, Profile> {
  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE } = environment;
  const folder = join(homedir(), '.aws');
  return profilesIn(
    textOf(AWS_CONFIG_FILE || join(folder, 'config')),
    textOf(AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials')),
  );
}

/**
 * The profiles in the text of both files. In the first a profile's section is `[profile NAME]` or `[default]`, and other
 * sections are not profiles. In the second it is `[NAME]`.
 */
export function profilesIn(config: string, credentials: string): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const [text, isConfig] of [
    [config, true],
    [credentials, false],
  ] as const) {
    let name: string | undefined;
    for (const line of text.split('\n')) {
      const section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
      if (section !== undefined) {
        name = isConfig ? profileOf(section) : section;
        if (name !== undefined) profiles.set(name, profiles.get(name) ?? {});
        continue;
      }
      const source = /^source_profile\s*=\s*(.*?)\s*$/.exec(line)?.[1];
      if (name !== undefined && source !== undefined) profiles.set(name, { source });
    }
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

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
