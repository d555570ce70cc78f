import { count, counted } from '../observe/figures';
import type { Comparison } from '../destinations/destination';
import type { VerifyReport } from '../pipeline/verify';
import { runWork } from './run-work';
import { EXIT, WrongUse } from './exit-codes';
import { schema } from '../config/schema';
import { addSettingFlags, CONNECTION, flagValues, SOURCE, workWords } from './flags';
import type { Verb } from './verb';
import type { TableResult } from './work';

/** `dynamodb-replicator verify`: compares every row and cell with a point-in-time export. */
export const verifyCommand: Verb = {
  name: 'verify',
  summary: 'compare every row and cell with a new point-in-time export, without read capacity',
  example: 'dynamodb-replicator verify --table orders --bucket my-exports --to shop.duckdb --yes',
  define: (command) =>
    void addSettingFlags(command, { settings: [...SOURCE, ...CONNECTION, 'yes'], words: workWords('verify') })
      .option('--json', 'print one JSON array instead of text')
      .option(
        '--sample <SHARE>',
        'load and compare only this share of the export’s files, such as 10%; rows that only the destination has are then not found',
      )
      .option('--allow-partial', `accept a comparison of less than ${LEAST_SHARE * 100} % of the keys`),
  async run(command, terminal) {
    const { json: wantsJson, allowPartial, sample: text } = command.opts<Options>();
    const sample = text === undefined ? undefined : sampleIn(text);
    const results = await runWork<VerifyReport>(
      { flags: flagValues(command), environment: terminal.environment },
      terminal,
      {
        verb: 'verify',
        readsOnly: true,
        sample,
        here: (session, table) => session.replicator.verify(table, sample),
      },
    );
    if (results === undefined) return EXIT.cutShort;
    const json = results.map(({ table, result }) => ({ table, ...result }));
    terminal.output.write(wantsJson ? `${JSON.stringify(json, null, 2)}\n` : results.map(verdict).join(''));
    if (results.some(({ result }) => result.differences > 0)) return EXIT.failed;
    return allowPartial || results.every(({ result }) => shareCompared(result) >= LEAST_SHARE)
      ? EXIT.fine
      : EXIT.partial;
  },
};

interface Options {
  readonly json?: true;
  readonly allowPartial?: true;
  readonly sample?: string;
}

/** @throws WrongUse unless the text is a share */
function sampleIn(text: string): number {
  const read = schema.shape.verify.shape.sample.safeParse(text);
  if (!read.success) throw new WrongUse(`--sample: ${read.error.issues[0]?.message}`);
  return read.data;
}

/** Share of the keys below which a verify proves nothing about the table. */
const LEAST_SHARE = 0.9;

/** The share of the keys that was compared, from 0 to 1. */
export function shareCompared({ rowsCompared, keysSkipped }: Comparison): number {
  return keysSkipped === 0 ? 1 : rowsCompared / (rowsCompared + keysSkipped);
}

/** @param coverage undefined when a running replicator of an older version compared, which takes no samples */
function describeSample(coverage: VerifyReport['coverage'] | undefined): string | undefined {
  if (coverage === undefined || coverage.items === coverage.itemsTotal) return undefined;
  const { files, filesTotal, items, itemsTotal } = coverage;
  return `A sample: ${count(files)} of ${counted(filesTotal, 'file')} of the export, ${count(items)} of ${counted(itemsTotal, 'item')}`;
}

/** The result as text for people: a summary and the first differing keys. */
export function verdict({ table, result }: TableResult<VerifyReport>): string {
  const { rowsCompared, keysSkipped, differences, examples } = result;
  const skipped =
    keysSkipped === 0 ? '' : `, ${counted(keysSkipped, 'key')} skipped (changed during the comparison)`;
  const lines = examples.map(({ key, difference, columns }) => {
    const where = columns.length === 0 ? '' : ` in ${columns.join(', ')}`;
    return `  ${JSON.stringify(key)} ${difference}${where}\n`;
  });
  const share = shareCompared(result);
  if (share < LEAST_SHARE) {
    lines.push(
      `  Only ${Math.floor(share * 100)} % of the keys were compared; the others changed meanwhile. Verify again when fewer ` +
        `keys change, or accept this with --allow-partial.\n`,
    );
  }
  if (differences > examples.length) lines.push(`  and ${count(differences - examples.length)} more\n`);
  const ofSample = describeSample(result.coverage);
  if (ofSample !== undefined)
    lines.push(`  ${ofSample}. A sample does not find rows that only the destination has.\n`);
  return `${table}: ${counted(rowsCompared, 'row')} compared, ${counted(differences, 'difference')}${skipped}\n${lines.join('')}`;
}
