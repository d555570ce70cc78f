import { count, counted } from '../observe/figures';
import type { Comparison } from '../destinations/destination';
import type { VerifyReport } from '../pipeline/verify';
import { runWork } from './run-work';
import { EXIT } from './exit-codes';
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
      .option('--allow-partial', `accept a comparison of less than ${LEAST_SHARE * 100} % of the keys`),
  async run(command, terminal) {
    const results = await runWork<VerifyReport>(
      { flags: flagValues(command), environment: terminal.environment },
      terminal,
      { verb: 'verify', readsOnly: true, here: (session, table) => session.replicator.verify(table) },
    );
    if (results === undefined) return EXIT.cutShort;
    const { json: wantsJson, allowPartial } = command.opts<{ json?: true; allowPartial?: true }>();
    const json = results.map(({ table, result }) => ({ table, ...result }));
    terminal.output.write(wantsJson ? `${JSON.stringify(json, null, 2)}\n` : results.map(verdict).join(''));
    if (results.some(({ result }) => result.differences > 0)) return EXIT.failed;
    return allowPartial || results.every(({ result }) => shareCompared(result) >= LEAST_SHARE)
      ? EXIT.fine
      : EXIT.partial;
  },
};

/** Share of the keys below which a verify proves nothing about the table. */
const LEAST_SHARE = 0.9;

/** The share of the keys that was compared, from 0 to 1. */
export function shareCompared({ rowsCompared, keysSkipped }: Comparison): number {
  return keysSkipped === 0 ? 1 : rowsCompared / (rowsCompared + keysSkipped);
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
  return `${table}: ${counted(rowsCompared, 'row')} compared, ${counted(differences, 'difference')}${skipped}\n${lines.join('')}`;
}
