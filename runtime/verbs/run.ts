import { readSettings } from '../config';
import { EXIT, exitCodeOfAll } from './exit-codes';
import { addSettingFlags, CONNECTION, flagValues, SOURCE } from './flags';
import { startMonitoring } from './monitoring';
import { isForPeople } from './observers';
import { Session } from './session';
import type { Verb } from './verb';

/** `dynamodb-replicator run`: replicates until it is stopped. */
export const runCommand: Verb = {
  name: 'run',
  summary: 'replicate tables: load an export of each, then follow its stream until stopped',
  example:
    'dynamodb-replicator run --table orders --table customers --bucket my-exports/replicator --to shop.duckdb',
  define: (command) =>
    void addSettingFlags(command, {
      settings: [...SOURCE, ...CONNECTION, 'deletes', 'columns', 'log.format', 'onGap', 'yes'],
    }),
  async run(command, terminal) {
    const settings = readSettings({ flags: flagValues(command), environment: terminal.environment });
    // Stopping loses nothing, even when the limit ends it.
    terminal.endWithin(settings.timeouts.stopMs, EXIT.fine);
    const session = await Session.open(settings, terminal, terminal.output);
    try {
      const monitoring = await startMonitoring(settings, session.observed, terminal.output);
      try {
        const { failed } = await session.run(terminal.interrupted);
        if (!terminal.interrupted.aborted || failed.length > 0)
          return exitCodeOfAll(failed.map(({ error }) => error));
        if (isForPeople(settings.log, terminal.output))
          session.say('Stopped. Run the same command to continue.');
        return EXIT.fine;
      } finally {
        await monitoring.close();
      }
    } finally {
      await session.close();
    }
  },
};
