import {
  awsCommand,
  type CliFlags,
  turnOffStream,
  turnOnRecovery,
  turnOnStream,
} from '../../runtime/aws/cli-command';
import { UnsuitableResource } from '../errors';

/** What a source table needs. Pure. */

/** View types whose records contain the item as it is after the change. The runtime has its own list, which this module may not import; a test compares them. */
const USABLE_VIEW_TYPES: readonly string[] = ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'];

export interface TableFacts {
  readonly name: string;
  readonly streamEnabled: boolean;
  /** Empty or `undefined` while the stream is off. */
  readonly streamViewType?: string | undefined;
  readonly recoveryEnabled: boolean;
}

export function isUsableViewType(viewType: string | undefined): boolean {
  return viewType !== undefined && USABLE_VIEW_TYPES.includes(viewType);
}

/** @throws UnsuitableResource that lists what is off, with the commands and the Pulumi and Terraform settings that fix it */
export function requireSuitable(facts: TableFacts, cli: CliFlags): void {
  const { name } = facts;
  const streamOff = !facts.streamEnabled;
  const wrongView = facts.streamEnabled && !isUsableViewType(facts.streamViewType);
  if (!streamOff && !wrongView && facts.recoveryEnabled) return;
  const found: string[] = [];
  const commands: string[] = [];
  if (streamOff) found.push('its stream is off');
  if (wrongView) {
    found.push(
      `its stream has the view type ${facts.streamViewType}, whose records lack the item after the change; changing it takes ` +
        `a new stream, and other readers of the present stream have to move to that one`,
    );
    commands.push(turnOffStream(name));
  }
  if (streamOff || wrongView) commands.push(turnOnStream(name));
  if (!facts.recoveryEnabled) {
    found.push('its point-in-time recovery is off, but the backfill needs an export from it');
    commands.push(turnOnRecovery(name));
  }
  throw new UnsuitableResource(
    `table ${name}`,
    [
      `${found.join('; ')}. To fix it, set this where the table is managed:`,
      `  Pulumi:    streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES", pointInTimeRecovery: { enabled: true }`,
      `  Terraform: stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", point_in_time_recovery { enabled = true }`,
      'or run:',
      ...commands.map((words) => `  ${awsCommand(cli, words)}`),
      'or set management: Enable, and this stack turns on what is off.',
    ].join('\n'),
  );
}

/** The error for a table that cannot be read. */
export function tableNotFound(name: string, cli: CliFlags, reason: string): UnsuitableResource {
  return new UnsuitableResource(
    `table ${name}`,
    `it cannot be read in region ${cli.region} (${reason}). Check the table’s name and the region (pulumi config set aws:region REGION); ` +
      `${awsCommand(cli, 'dynamodb list-tables')} lists the tables`,
  );
}
