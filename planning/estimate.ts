import { costsOfStack, costsOfTable } from '../cost/costs';
import { readStack, UnreadableFile } from '../review/stack-file';
import { partsOfStackFile } from '../review/stack-parts';
import { readText } from '../runtime/config/read-text';
import { EXIT, WrongUse } from '../runtime/verbs/exit-codes';
import type { Verb } from '../runtime/verbs/verb';
import { costTable } from './cost-table';
import { inspectTable } from './planned-table';
import { addPlanningOptions, type PlanningOptions, withPlanning } from './planning-aws';

interface Options extends PlanningOptions {
  readonly table?: readonly string[];
  readonly stackFile?: string;
}

/** `dynamodb-replicator estimate`: prints what a stack costs. */
export const estimateCommand: Verb = {
  name: 'estimate',
  summary: 'estimate what a stack file or single tables cost, once and a month',
  example: 'dynamodb-replicator estimate --stack-file Pulumi.prod.yaml',
  define: (command) => {
    command
      .option(
        '--stack-file <FILE>',
        'Pulumi.<stack>.yaml with tables and task; includes the tables in tables/ beside it',
      )
      .option('--table <NAME>', 'a table to add; can be repeated', (name, before: string[] = []) => [
        ...before,
        name,
      ]);
    addPlanningOptions(command, {
      region: 'AWS region (default: from the stack file)',
      verifyEvery: 'time between two scheduled verifies, such as 7d (default: from the stack file)',
    });
  },
  async run(command, terminal) {
    const options = command.opts<Options>();
    const stack = stackOf(options.stackFile);
    const tables = [...new Set([...stack.tables.map(({ name }) => name), ...(options.table ?? [])])];
    if (tables.length === 0)
      throw new WrongUse(
        'No tables. Give a stack file that has some (--stack-file), or name them (--table).',
      );
    const runtime = (stack.settings['settings'] ?? {}) as { verify?: { every?: string } };
    const verifyEvery = options.verifyEvery ?? runtime.verify?.every;
    const { expirationDays } = (stack.settings['exportBucket'] ?? {}) as { expirationDays?: number };
    const isFromFile =
      expirationDays !== undefined && command.getOptionValueSource('exportDays') === 'default';
    const asked = {
      ...(stack.region !== undefined && { region: stack.region }),
      ...options,
      ...(isFromFile && { exportDays: String(expirationDays) }),
      ...(verifyEvery !== undefined && { verifyEvery }),
    };
    const settings = { ...stack.settings, settings: { ...runtime, verify: { every: verifyEvery } } };
    return withPlanning(asked, terminal, async ({ aws, habits, prices }) => {
      const costs = [];
      for (const table of tables) {
        const { planned } = await inspectTable(table, aws, terminal.interrupted);
        costs.push(...costsOfTable(planned, habits, prices));
      }
      const standing = costsOfStack(partsOfStackFile(settings, tables.length), prices);
      terminal.output.write(costTable(costs, standing));
      return EXIT.fine;
    });
  },
};

/** @throws WrongUse for a file that cannot be read */
function stackOf(
  file: string | undefined,
): Pick<ReturnType<typeof readStack>, 'settings' | 'tables' | 'region'> {
  if (file === undefined) return { settings: {}, tables: [], region: undefined };
  const read = readText(file);
  if ('problem' in read) throw new WrongUse(`--stack-file: ${read.problem}`);
  try {
    return readStack(file);
  } catch (error) {
    if (error instanceof UnreadableFile) {
      const [line = ''] = error.message.split('\n');
      throw new WrongUse(`--stack-file: ${line.replace(/:$/, '')}`);
    }
    throw error;
  }
}
