import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { SdkServices } from '../runtime/aws/sdk';
import { LocalClock } from '../runtime/clock';
import { readConnectionSettings } from '../runtime/config';
import { costsOfStack, costsOfTable } from '../cost/costs';
import { partsOfStackFile, type StackConfig } from './stack-parts';
import { costTable, pricesOf } from './cost-table';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import { connectionOf, habitsOf, wholeNumber } from './plan-table';
import { awsOf } from '../runtime/open';
import { lookAt } from './planned-table';
import type { Verb } from '../runtime/verbs/verb';

interface Options {
  readonly table?: readonly string[];
  readonly stackFile?: string;
  readonly prices?: string;
  readonly exportDays: string;
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
}

/** A stack's file, and the tables that it and the teams' files beside it name. */
interface Stack {
  readonly config: StackConfig;
  readonly tables: readonly string[];
}

/** `dynamodb-replicator estimate`: what a stack costs, as it runs or as its file plans it. */
export const estimateCommand: Verb = {
  name: 'estimate',
  summary: 'what a stack costs, once and a month: of its file, or of tables by name',
  example: 'dynamodb-replicator estimate --stack-file Pulumi.prod.yaml',
  define: (command) =>
    void command
      .option(
        '--stack-file <FILE>',
        'Pulumi.<stack>.yaml with tables and task; those of tables/ beside it count too',
      )
      .option(
        '--table <NAME>',
        'a table, beside those of the file; may be repeated',
        (name, before: string[] = []) => [...before, name],
      )
      .option('--export-days <N>', 'days that exports are kept', '14')
      .option('--prices <FILE>', 'JSON file with prices of your own, in US dollars')
      .option('--region <NAME>', 'region of the tables; the file’s otherwise')
      .option('--profile <NAME>', 'profile of the AWS configuration')
      .option('--endpoint <URL>', 'address of a simulator'),
  async run(command, terminal) {
    const options = command.opts<Options>();
    const exportDays = wholeNumber('--export-days', options.exportDays);
    const prices = pricesOf(options.prices);
    const stack = stackOf(options.stackFile);
    const tables = [...new Set([...stack.tables, ...(options.table ?? [])])];
    if (tables.length === 0)
      throw new WrongUse('Give --stack-file a file with tables, or tables by --table.');
    const region = options.region ?? (stack.config['aws:region'] as string | undefined);
    const settings = readConnectionSettings({
      flags: connectionOf({ ...options, ...(region !== undefined && { region }) }),
      environment: terminal.environment,
    });
    const aws = await SdkServices.open(awsOf(settings), new LocalClock(settings.clockRate));
    try {
      const habits = habitsOf(settings, exportDays);
      const costs = [];
      for (const table of tables) {
        const { planned } = await lookAt(table, aws, terminal.interrupted);
        costs.push(...costsOfTable(planned, habits, prices));
      }
      const standing = costsOfStack(partsOfStackFile(stack.config, tables.length), prices);
      terminal.output.write(costTable(costs, standing));
      return EXIT.fine;
    } finally {
      aws.close();
    }
  },
};

interface Named {
  readonly name: string;
}

/** Tables of the stack that teams ask for beside it, in `tables/<team>.yaml`. @throws WrongUse */
function teamTables(file: string): readonly Named[] {
  const folder = join(dirname(file), 'tables');
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(basename(file))?.[1];
  if (stack === undefined || !existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const lists = readYaml(join(folder, name)) as Readonly<
        Record<string, readonly Named[] | undefined>
      > | null;
      return lists?.[stack] ?? [];
    });
}

/** @throws WrongUse for a file that cannot be read */
function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WrongUse(`--stack-file: ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** @throws WrongUse for a file that cannot be read */
function stackOf(file: string | undefined): Stack {
  if (file === undefined) return { config: {}, tables: [] };
  const { config = {} } = (readYaml(file) ?? {}) as { readonly config?: StackConfig };
  const own = (config['dynamodb-replicator:tables'] ?? []) as readonly Named[];
  return { config, tables: [...own, ...teamTables(file)].map(({ name }) => name) };
}
