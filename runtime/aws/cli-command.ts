/** Flags with which a user's AWS CLI reaches what the replicator reaches. */
export interface CliFlags {
  readonly region: string;
  readonly profile?: string | undefined;
  /** The profile to sign in with, if it is another one. */
  readonly signInProfile?: string | undefined;
  /** Undefined when it is AWS's own. */
  readonly endpoint?: string | undefined;
}

/** The flags for these settings. */
export function cliFlags(
  { profile, signInProfile, endpoint }: Omit<CliFlags, 'region'>,
  region: string,
): CliFlags {
  return { region, profile, signInProfile, endpoint };
}

/**
 * A command of the AWS CLI for a person to run. Every such command in a message is made here.
 * @param words service, operation and its own flags
 */
export function awsCommand({ region, profile, endpoint }: CliFlags, words: string): string {
  return command(words, { region, profile, 'endpoint-url': endpoint });
}

/** A command that sets up the CLI itself, such as `sso login`. It takes only the profile. */
export function awsSetup(
  { profile, signInProfile = profile }: Pick<CliFlags, 'profile' | 'signInProfile'>,
  words: string,
): string {
  return command(words, { profile: words === 'sso login' ? signInProfile : profile });
}

/** Words for `awsCommand`. */
export function turnOnRecovery(table: string): string {
  return `dynamodb update-continuous-backups --table-name ${table} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true`;
}

/** Words for `awsCommand`: turns on a stream with the images that a replica needs. */
export function turnOnStream(table: string): string {
  return `dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES`;
}

/** Words for `awsCommand`. */
export function turnOffStream(table: string): string {
  return `dynamodb update-table --table-name ${table} --stream-specification StreamEnabled=false`;
}

function command(words: string, flags: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return ['aws', words, ...given].join(' ');
}

/** Quotes a value for a POSIX shell. */
export function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
