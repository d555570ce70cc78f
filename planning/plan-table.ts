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

/** Most that one Scan reads, and what a read unit is of it where a read may be a moment old. Source: API reference, "Scan". */
const SCAN_BYTES = 1_048_576;
const BYTES_A_UNIT = 8_192;
const MOST_SAMPLED = 10_000;

/** How a table is written unless settings say otherwise. */
const WRITING = schema.pick({ columns: true, maxColumns: true, dropReplicationAttributes: true }).parse({});

/** `dynamodb-replicator plan-table`: the lines that have a table replicated, the columns it would get, and what it costs. */
export const planTableCommand: Verb = {
  name: 'plan-table',
  summary: 'read a table and write the lines that have it replicated, its columns, and what it will cost',
  example: 'dynamodb-replicator plan-table orders --sample 100',
  define: (command) => {
    command
      .argument('<table>', 'name of the table')
      .option('--sample <N>', 'items to look at for the columns, by one Scan; 0: none', '100');
    addPlanningOptions(command, 'region of the table');
  },
  async run(command, terminal) {
    const options = command.opts<Options>();
    const [name] = command.args as [string];
    const limit = wholeNumber(options.sample, '--sample');
    if (limit > MOST_SAMPLED) throw new WrongUse(`--sample: at most ${MOST_SAMPLED} items.`);
    return withPlanning(options, terminal, async ({ settings, aws, habits, prices }) => {
      const found = await inspectTable(name, aws, terminal.interrupted);
      terminal.output.write(`${entry(found)}\n`);
      if (limit > 0) {
        terminal.errors.write(`${sampleCost(found, limit)}\n`);
        const { items, readUnits } = await sampleItems(name, limit, {
          ...awsOf(settings),
          region: aws.region,
        });
        terminal.errors.write(`It has used ${readUnits ?? 'an unknown number of'} read units.\n`);
        terminal.output.write(`${columnsOf(items, found.table.keySchema)}\n`);
      }
      terminal.output.write(costTable(costsOfTable(found.planned, habits, prices)));
      return EXIT.fine;
    });
  },
};

/** The lines for a stack's file or a team's. What is off is turned on only where that is wanted, so the reason stands there. */
function entry({ table, hasStream, hasRecovery }: InspectedTable): string {
  const off = [...(hasStream ? [] : ['a stream with new images']), ...(hasRecovery ? [] : ['recovery'])];
  const lines = [{ name: table.name, ...(off.length > 0 && { management: 'Enable' }) }];
  const reason =
    off.length === 0
      ? 'its stream and recovery are on: it is looked at, never changed'
      : `it lacks ${off.join(' and ')}: Enable turns on what is off; take it out where its owner does`;
  const size = `${count(table.itemCount)} items, ${bytes(table.sizeBytes)}, counted by DynamoDB within the last six hours`;
  return `# ${table.name}: ${size}\n# ${reason}\n${stringify(lines)}`;
}

function sampleCost({ table: { itemCount, sizeBytes } }: InspectedTable, limit: number): string {
  const average = itemCount === 0 ? SCAN_BYTES / limit : sizeBytes / itemCount;
  const units = Math.max(0.5, Math.ceil((Math.min(limit * average, SCAN_BYTES) / BYTES_A_UNIT) * 2) / 2);
  return `One Scan of at most ${limit} items now: about ${units} read units, never more than ${SCAN_BYTES / BYTES_A_UNIT}.`;
}

/** As the destination of a stack would have them. */
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
    `Columns in ${title}, from ${count(items.length)} items; more and wider ones come with other items:\n\n` +
    `${textTable(['column', 'type', 'is'], rows)}\n`
  );
}
