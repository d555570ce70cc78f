import { runWork } from './run-work';
import { EXIT } from './exit-codes';
import { addSettingFlags, CONNECTION, flagValues, SOURCE, workWords } from './flags';
import type { Verb } from './verb';

/** `dynamodb-replicator resync`: loads a new generation of a table beside the visible one. */
export const resyncCommand: Verb = {
  name: 'resync',
  summary:
    'reload a table; its rows stay visible and follow the stream until the new ones are complete. A load under way is joined',
  example: 'dynamodb-replicator resync --table orders --bucket my-exports --to shop.duckdb --yes',
  define: (command) =>
    void addSettingFlags(command, {
      settings: [...SOURCE, ...CONNECTION, 'yes'],
      words: workWords('resync'),
    }),
  async run(command, terminal) {
    const results = await runWork<unknown>(
      { flags: flagValues(command), environment: terminal.environment },
      terminal,
      { verb: 'resync', here: (session, table) => session.replicator.resync(table) },
    );
    if (results === undefined) return EXIT.cutShort;
    for (const { table } of results) terminal.output.write(`${table}: reloaded and published.\n`);
    return EXIT.fine;
  },
};
