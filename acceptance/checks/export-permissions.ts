import { ExportTableToPointInTimeCommand } from '@aws-sdk/client-dynamodb';
import { TOO_OLD } from '../../runtime/pipeline/heal/export-permission';
import type { Answer, Lab } from '../check';
import { answered, checksOf, DENIED, type Experiment, unansweredButDenials } from './experiment';
import { freshTable } from './fresh-table';
import { refusal } from './waiting';

/** The errors that the replicator's role gets for an export of the year 2000; undefined: AWS began an export. */
export interface ExportPermissions {
  /** Of a table that the role may export. */
  readonly ofItsTable: string | undefined;
  /** Of one that it may not, and that does not exist. */
  readonly ofAnother: string | undefined;
}

const exportPermissions: Experiment<ExportPermissions> = {
  name: 'export-permissions',
  observe: async (lab) => {
    const { arn } = await freshTable(lab, 'allowed', { recovery: true });
    return {
      ofItsTable: await askAsReplicator(lab, arn),
      ofAnother: await askAsReplicator(lab, arn.replace(/table\/.*$/, 'table/of-somebody-else')),
    };
  },
};

function askAsReplicator(lab: Lab, TableArn: string): Promise<string | undefined> {
  return refusal(
    lab.asReplicator.dynamodb.send(
      new ExportTableToPointInTimeCommand({
        TableArn,
        S3Bucket: lab.bucket,
        S3Prefix: 'too-old',
        ExportType: 'INCREMENTAL_EXPORT',
        IncrementalExportSpecification: {
          ExportFromTime: new Date(TOO_OLD.from),
          ExportToTime: new Date(TOO_OLD.to),
        },
      }),
    ),
  );
}

/** What `check` takes for the permission. */
const REFUSED_TIME = 'InvalidExportTimeException';

/** AWS checks the permission before the times, so an export that it must refuse shows whether one may be requested. */
export function judgeExportPermissions({ ofItsTable, ofAnother }: ExportPermissions): Answer {
  return (
    unansweredButDenials([ofItsTable, ofAnother]) ??
    answered(
      { ofItsTable: ofItsTable ?? 'began', ofAnother: ofAnother ?? 'began' },
      ofItsTable === undefined && 'An export of the year 2000 began.',
      ofItsTable === DENIED && 'The role may not export its table.',
      ofItsTable !== REFUSED_TIME && `An export of the year 2000 was refused with ${ofItsTable}.`,
      ofAnother !== DENIED && 'The role was not denied the export of a table that it may not export.',
    )
  );
}

export const exportPermissionChecks = checksOf(exportPermissions, [
  {
    id: 'export-permissions',
    mode: 'quick',
    asks: "Requests an export of the year 2000 with the replicator's role, of a table that it may export and of another one.",
    judge: judgeExportPermissions,
  },
]);
