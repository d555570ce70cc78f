import {
  awsCommand,
  type CliFlags,
  turnOffStream,
  turnOnRecovery,
  turnOnStream,
} from '../../runtime/aws/cli-command';
import { UnsuitableResource } from '../errors';

/** What a source table has to be. Pure. */

/** View types whose records have the item as it is after the change. The runtime has them too, which is no room for this one; a test compares them. */
const USABLE_VIEW_TYPES: readonly string[] = ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'];

export interface TableFacts {
  readonly name: string;
  readonly streamEnabled: boolean;
  /** Empty or left out while the stream is off. */
  readonly streamViewType?: string | undefined;
  readonly recoveryEnabled: boolean;
}

export function isUsableViewType(viewType: string | undefined): boolean {
  return viewType !== undefined && USABLE_VIEW_TYPES.includes(viewType);
}

/** Says what is off, with the commands and the lines of Pulumi and Terraform that mend it. @throws UnsuitableResource */
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
      `its stream has the view type ${facts.streamViewType}, whose records lack the item after the change; it can only be ` +
        `changed by a new stream, to which its other readers have to follow`,
    );
    commands.push(turnOffStream(name));
  }
  if (streamOff || wrongView) commands.push(turnOnStream(name));
  if (!facts.recoveryEnabled) {
    found.push('its point-in-time recovery is off, and the backfill is an export from it');
    commands.push(turnOnRecovery(name));
  }
  throw new UnsuitableResource(
    `table ${name}`,
    [
      `${found.join('; ')}. Where the table is managed, set`,
      `  Pulumi:    streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES", pointInTimeRecovery: { enabled: true }`,
      `  Terraform: stream_enabled = true, stream_view_type = "NEW_AND_OLD_IMAGES", point_in_time_recovery { enabled = true }`,
      'or run',
      ...commands.map((words) => `  ${awsCommand(cli, words)}`),
      'or let this stack turn on what is off: management: Enable',
    ].join('\n'),
  );
}

/** There is no such table where the stack looks. */
export function tableNotFound(name: string, cli: CliFlags, reason: string): UnsuitableResource {
  return new UnsuitableResource(
    `table ${name}`,
    `it cannot be read in region ${cli.region} (${reason}). Check tables and the region (pulumi config set aws:region REGION); ` +
      `${awsCommand(cli, 'dynamodb list-tables')} shows those there are`,
  );
}
