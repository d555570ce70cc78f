import { count, counted } from '../observe/figures';
import type { VerifyReport } from '../pipeline/verify';
import { runWork, type TableResult } from './run-work';
import { EXIT } from './exit-codes';
import { addSettingFlags, CONNECTION, flagValues, SOURCE } from './flags';
import type { Verb } from './verb';

/** `dynamodb-replicator verify`: compares every row and cell with a point-in-time export. */
export const verifyCommand: Verb = {
  name: 'verify',
  summary: 'compare every row and cell with a new point-in-time export, without read capacity',
  example: 'dynamodb-replicator verify --table orders --bucket my-exports --to shop.duckdb --yes',
  define: (command) =>
    void addSettingFlags(command, { settings: [...SOURCE, ...CONNECTION, 'yes'] }).option(
      '--json',
      'print one JSON array instead of text',
    ),
  async run(command, terminal) {
    const results = await runWork<VerifyReport>(
      { flags: flagValues(command), environment: terminal.environment },
      terminal,
      { verb: 'verify', needs: 'published', here: (session, table) => session.replicator.verify(table) },
    );
    if (results === undefined) return EXIT.cutShort;
    const json = results.map(({ table, result }) => ({ table, ...result }));
    terminal.output.write(
      command.opts<{ json?: true }>().json
        ? `${JSON.stringify(json, null, 2)}\n`
        : results.map(verdict).join(''),
    );
    return results.every(({ result }) => result.differences === 0) ? EXIT.fine : EXIT.failed;
  },
};

/** What was found, for people: the sentence and the first differing keys. */
export function verdict({ table, result }: TableResult<VerifyReport>): string {
  const { rowsCompared, keysSkipped, differences, examples } = result;
  const skipped =
    keysSkipped === 0 ? '' : `, ${counted(keysSkipped, 'key')} left out because of changes meanwhile`;
  const lines = examples.map(({ key, difference, columns }) => {
    const where = columns.length === 0 ? '' : ` in ${columns.join(', ')}`;
    return `  ${JSON.stringify(key)} ${difference}${where}\n`;
  });
  if (differences > examples.length) lines.push(`  and ${count(differences - examples.length)} more\n`);
  return `${table}: ${counted(rowsCompared, 'row')} compared, ${counted(differences, 'difference')}${skipped}\n${lines.join('')}`;
}
