import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { Answer, Lab, LabTable } from '../check';
import { until } from '../until';
import { answered, checksOf, type Experiment, unanswered } from './experiment';
import { freshTable } from './fresh-table';
import { refusal } from './waiting';
import { put } from './writes';

/** A table from its creation to the time when its name is free. */
export interface TableStates {
  /** Undefined: not ACTIVE after ten minutes. */
  readonly creatingMs: number | undefined;
  /** The error of a write while it was CREATING; `accepted`; undefined: it was ACTIVE at once. */
  readonly writeMeanwhile: string | undefined;
  /** Undefined: still there after ten minutes. */
  readonly deletingMs: number | undefined;
  /** The error of CreateTable with the same name while it was DELETING; `accepted`; undefined: it was gone at once. */
  readonly createMeanwhile: string | undefined;
}

const PATIENCE = { everyMs: 500, atMostMs: 600_000 };
const GONE = 'ResourceNotFoundException';

const tableStates: Experiment<TableStates> = {
  name: 'table-states',
  observe: async (lab) => {
    const table = await freshTable(lab, 'states', { isAwaited: false });
    const isActive = async () => (await statusOf(lab, table)) === 'ACTIVE' || undefined;
    const writeMeanwhile = (await isActive())
      ? undefined
      : ((await refusal(put(lab, table, 'early', 0))) ?? 'accepted');
    const active = await until(lab, PATIENCE, isActive);
    await put(lab, table, 'a', 0);
    await lab.dynamodb.send(new DeleteTableCommand({ TableName: table.name }));
    const isDeleting = (await statusOf(lab, table)) !== GONE;
    const createMeanwhile = isDeleting ? ((await refusal(createAgain(lab, table))) ?? 'accepted') : undefined;
    const gone = await until(lab, PATIENCE, async () => (await statusOf(lab, table)) === GONE || undefined);
    return { creatingMs: active?.tookMs, writeMeanwhile, deletingMs: gone?.tookMs, createMeanwhile };
  },
};

/** The table's status, or the error of asking. */
async function statusOf(lab: Lab, table: LabTable): Promise<string> {
  let status = '';
  const refused = await refusal(
    lab.dynamodb.send(new DescribeTableCommand({ TableName: table.name })).then(({ Table }) => {
      status = Table?.TableStatus ?? '';
    }),
  );
  return refused ?? status;
}

const createAgain = (lab: Lab, table: LabTable) =>
  lab.dynamodb.send(
    new CreateTableCommand({
      TableName: table.name,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );

/** E24: CREATING before it accepts requests, DELETING while its name is taken. */
export function judgeTableStates(seen: TableStates): Answer {
  return (
    unanswered(seen.writeMeanwhile, seen.createMeanwhile) ??
    answered(
      {
        creatingMs: seen.creatingMs ?? 'over ten minutes',
        writeWhileCreating: seen.writeMeanwhile ?? 'was ACTIVE at once',
        deletingMs: seen.deletingMs ?? 'over ten minutes',
        createWhileDeleting: seen.createMeanwhile ?? 'was gone at once',
      },
      seen.creatingMs === undefined && 'A new table was not ACTIVE after ten minutes.',
      seen.deletingMs === undefined && 'A deleted table was not gone after ten minutes.',
      seen.createMeanwhile !== undefined &&
        seen.createMeanwhile !== 'ResourceInUseException' &&
        `Creating a table whose name is being deleted: ${seen.createMeanwhile}.`,
    )
  );
}

export const tableStateChecks = checksOf(tableStates, [
  {
    id: 'E24',
    mode: 'quick',
    asks: 'Creates a table, writes to it at once, deletes it, creates it again at once, and measures both.',
    judge: judgeTableStates,
  },
]);
