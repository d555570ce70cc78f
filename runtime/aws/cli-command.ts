/** What a command of the AWS CLI has to be given to reach what the replicator reaches, as the user runs it. */
export interface CliFlags {
  readonly region: string;
  readonly profile?: string | undefined;
  /** For signing in, where that is another one. */
  readonly signInProfile?: string | undefined;
  /** Set when it is not AWS's own. */
  readonly endpoint?: string | undefined;
}

/** Of whoever reaches AWS with these settings. */
export function cliFlags(
  { profile, signInProfile, endpoint }: Omit<CliFlags, 'region'>,
  region: string,
): CliFlags {
  return { region, profile, signInProfile, endpoint };
}

/**
 * A command of the AWS CLI for a person to run. Every message that names one makes it here.
 * @param words service, operation and its own flags
 */
export function awsCommand({ region, profile, endpoint }: CliFlags, words: string): string {
  return command(words, { region, profile, 'endpoint-url': endpoint });
}

/** A command that sets up the CLI itself, such as `sso login`: it takes the profile alone. */
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

/** Words for `awsCommand`: a stream with what a replica needs. */
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

/** For a POSIX shell. */
function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
