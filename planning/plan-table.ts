import { stringify } from 'yaml';
import { sampleItems } from '../runtime/aws/sample';
import { schema } from '../runtime/config/schema';
import { costsOfTable } from '../cost/costs';
import { kindNamed } from '../runtime/destinations/kinds';
import { Catalog } from '../runtime/item/catalog';
import type { Item, KeySchema } from '../runtime/item/attribute-value';
import { bytes, count } from '../runtime/observe/figures';
import { costTable } from './cost-table';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import { wholeNumber } from '../runtime/verbs/number-in';
import { awsOf } from '../runtime/open';
import { type InspectedTable, inspectTable } from './planned-table';
import { addPlanningOptions, type PlanningOptions, withPlanning } from './planning-aws';
import { textTable } from '../runtime/verbs/text-table';
import type { Verb } from '../runtime/verbs/verb';

interface Options extends PlanningOptions {
  readonly sample: string;
}

/** Bytes that one Scan reads at most, and bytes per unit of an eventually consistent read. Source: API reference, "Scan". */
const SCAN_BYTES = 1_048_576;
const BYTES_A_UNIT = 8_192;
const MOST_SAMPLED = 10_000;

/** The default settings of how a table is written. */
const WRITING = schema.pick({ columns: true, maxColumns: true, dropReplicationAttributes: true }).parse({});

/** `dynamodb-replicator plan-table`: prints the stack settings that replicate a table, its columns and its cost. */
export const planTableCommand: Verb = {
  name: 'plan-table',
  summary: 'print the stack settings for replicating a table, its columns and its cost',
  example: 'dynamodb-replicator plan-table orders --sample 100',
  define: (command) => {
    command
      .argument('<table>', 'name of the table')
      .option('--sample <N>', 'items to read with one Scan to find the columns; 0 reads none', '100');
    addPlanningOptions(command, {
      region: 'AWS region of the table',
      verifyEvery: 'time between two scheduled verifies, such as 7d (default: none)',
    });
  },
  async run(command, terminal) {
    const options = command.opts<Options>();
    const [name] = command.args as [string];
    const limit = wholeNumber(options.sample, '--sample');
    if (limit > MOST_SAMPLED) throw new WrongUse(`--sample takes at most ${MOST_SAMPLED} items.`);
    return withPlanning(options, terminal, async ({ settings, aws, habits, prices }) => {
      const found = await inspectTable(name, aws, terminal.interrupted);
      terminal.output.write(`${entry(found)}\n`);
      if (limit > 0) {
        terminal.errors.write(`${sampleCost(found, limit)}\n`);
        const { items, readUnits } = await sampleItems(name, limit, {
          ...awsOf(settings),
          region: aws.region,
        });
        terminal.errors.write(`The Scan used ${readUnits ?? 'an unknown number of'} read units.\n`);
        terminal.output.write(`${columnsOf(items, found.table.keySchema)}\n`);
      }
      terminal.output.write(costTable(costsOfTable(found.planned, habits, prices)));
      return EXIT.fine;
    });
  },
};

/** The lines for a stack file or a team's file. A comment explains `Enable`, as the owner may prefer to turn things on. */
function entry({ table, hasStream, hasRecovery }: InspectedTable): string {
  const off = [
    ...(hasStream ? [] : ['stream with new images']),
    ...(hasRecovery ? [] : ['point-in-time recovery']),
  ];
  const lines = [{ name: table.name, ...(off.length > 0 && { management: 'Enable' }) }];
  const reason =
    off.length === 0
      ? 'stream and point-in-time recovery are on; the stack does not change the table'
      : `off: ${off.join(', ')}. Enable turns on what is off; remove it if the table’s owner will`;
  const size = `${count(table.itemCount)} items, ${bytes(table.sizeBytes)}, counted by DynamoDB within the last six hours`;
  return `# ${table.name}: ${size}\n# ${reason}\n${stringify(lines)}`;
}

function sampleCost({ table: { itemCount, sizeBytes } }: InspectedTable, limit: number): string {
  const average = itemCount === 0 ? SCAN_BYTES / limit : sizeBytes / itemCount;
  const units = Math.max(0.5, Math.ceil((Math.min(limit * average, SCAN_BYTES) / BYTES_A_UNIT) * 2) / 2);
  return `One Scan now reads up to ${limit} items: about ${units} read units, at most ${SCAN_BYTES / BYTES_A_UNIT}.`;
}

/** The columns in the destination of a stack. */
function columnsOf(items: readonly Item[], keySchema: KeySchema): string {
  const { columnType, dialect, title } = kindNamed('postgres');
  const nothing = Catalog.initial({
    keySchema,
    dialect,
    layout: WRITING.columns,
    maxColumns: WRITING.maxColumns,
    dropReplicationAttributes: WRITING.dropReplicationAttributes,
  });
  const catalog = items.reduce((known, item) => known.observe(item), nothing);
  const rows = catalog.columns.map(({ name, type, role }) => [name, columnType(type), role]);
  return (
    `Columns in ${title}, from ${count(items.length)} items; other items may add columns or widen them:\n\n` +
    `${textTable(['column', 'type', 'role'], rows)}\n`
  );
}
