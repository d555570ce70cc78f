import { stringify } from 'yaml';
import { sampleItems } from '../runtime/aws/sample';
import { SdkServices } from '../runtime/aws/sdk';
import { LocalClock } from '../runtime/clock';
import { type ConnectionSettings, readConnectionSettings } from '../runtime/config';
import { costsOfTable, type Habits } from '../cost/costs';
import { postgresDialect } from '../runtime/destinations/postgres/dialect';
import { sqlType } from '../runtime/destinations/postgres/types';
import { Catalog } from '../runtime/item/catalog';
import type { Item, KeySchema } from '../runtime/item/attribute-value';
import { IDLE_READS_PER_SECOND } from '../runtime/stream/read-limits';
import { bytes, count } from '../runtime/observe/figures';
import { costTable, pricesOf } from './cost-table';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import { awsOf } from '../runtime/open';
import { type LookedAt, lookAt } from './planned-table';
import { textTable } from '../runtime/verbs/text-table';
import type { Verb } from '../runtime/verbs/verb';

interface Options {
  readonly sample: string;
  readonly prices?: string;
  readonly exportDays: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

/** Most that one Scan reads, and what a read unit is of it where a read may be a moment old. Source: API reference, "Scan". */
const SCAN_BYTES = 1_048_576;
const BYTES_A_UNIT = 8_192;
const MOST_SAMPLED = 10_000;

/** `dynamodb-replicator plan-table`: the lines that have a table replicated, the columns it would get, and what it costs. */
export const planTableCommand: Verb = {
  name: 'plan-table',
  summary: 'read a table and write the lines that have it replicated, its columns, and what it will cost',
  example: 'dynamodb-replicator plan-table orders --sample 100',
  define: (command) =>
    void command
      .argument('<table>', 'name of the table')
      .option('--sample <N>', 'items to look at for the columns, by one Scan; 0: none', '100')
      .option('--export-days <N>', 'days that exports are kept', '14')
      .option('--prices <FILE>', 'JSON file with prices of your own, in US dollars')
      .option('--region <NAME>', 'region of the table')
      .option('--profile <NAME>', 'profile of the AWS configuration')
      .option('--endpoint <URL>', 'address of a simulator'),
  async run(command, terminal) {
    const options = command.opts<Options>();
    const [name] = command.args as [string];
    const limit = wholeNumber('--sample', options.sample);
    if (limit > MOST_SAMPLED) throw new WrongUse(`--sample: at most ${MOST_SAMPLED} items.`);
    const exportDays = wholeNumber('--export-days', options.exportDays);
    const prices = pricesOf(options.prices);
    const settings = readConnectionSettings({
      flags: connectionOf(options),
      environment: terminal.environment,
    });
    const aws = await SdkServices.open(awsOf(settings), new LocalClock(settings.clockRate));
    try {
      const found = await lookAt(name, aws, terminal.interrupted);
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
      const costs = costsOfTable(found.planned, habitsOf(settings, exportDays), prices);
      terminal.output.write(costTable(costs));
      return EXIT.fine;
    } finally {
      aws.close();
    }
  },
};

/** What of the settings decides what a table costs. */
export function habitsOf({ poll }: Pick<ConnectionSettings, 'poll'>, exportDays: number): Habits {
  return { idleReadMs: poll.maxMs, idleReadsPerSecond: IDLE_READS_PER_SECOND, exportDays };
}

/** Flags of the connection under the names that settings have. */
export function connectionOf({
  region,
  profile,
  endpoint,
}: Pick<Options, 'region' | 'profile' | 'endpoint'>) {
  const given = { '--region': region, '--profile': profile, '--endpoint': endpoint };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** @throws WrongUse */
export function wholeNumber(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new WrongUse(`${flag}: expected a whole number, not ${text}.`);
  return Number(text);
}

/** The lines for a stack's file or a team's. What is off is turned on only where that is wanted, so the reason stands there. */
function entry({ table, hasStream, hasRecovery }: LookedAt): string {
  const off = [...(hasStream ? [] : ['a stream with new images']), ...(hasRecovery ? [] : ['recovery'])];
  const lines = [{ name: table.name, ...(off.length > 0 && { management: 'Enable' }) }];
  const reason =
    off.length === 0
      ? 'its stream and recovery are on: it is looked at, never changed'
      : `it lacks ${off.join(' and ')}: Enable turns on what is off; take it out where its owner does`;
  const size = `${count(table.itemCount)} items, ${bytes(table.sizeBytes)}, counted by DynamoDB within the last six hours`;
  return `# ${table.name}: ${size}\n# ${reason}\n${stringify(lines)}`;
}

function sampleCost({ table: { itemCount, sizeBytes } }: LookedAt, limit: number): string {
  const average = itemCount === 0 ? SCAN_BYTES / limit : sizeBytes / itemCount;
  const units = Math.max(0.5, Math.ceil((Math.min(limit * average, SCAN_BYTES) / BYTES_A_UNIT) * 2) / 2);
  return `One Scan of at most ${limit} items now: about ${units} read units, never more than ${SCAN_BYTES / BYTES_A_UNIT}.`;
}

function columnsOf(items: readonly Item[], keySchema: KeySchema): string {
  const nothing = Catalog.initial({
    keySchema,
    dialect: postgresDialect,
    layout: 'columns',
    maxColumns: 300,
    dropReplicationAttributes: true,
  });
  const catalog = items.reduce((known, item) => known.observe(item), nothing);
  const rows = catalog.columns.map(({ name, type, role }) => [name, sqlType(type), role]);
  return (
    `Columns in PostgreSQL, from ${count(items.length)} items; more and wider ones come with other items:\n\n` +
    `${textTable(['column', 'type', 'is'], rows)}\n`
  );
}
