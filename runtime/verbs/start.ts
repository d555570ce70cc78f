import type { ExitCode } from './exit-codes';
import { ProcessTerminal, type Terminal } from './terminal';

/** Runs this process's command line and sets its exit code. */
export function start(run: (words: readonly string[], terminal: Terminal) => Promise<ExitCode>): void {
  const terminal = new ProcessTerminal(process);
  void run(process.argv.slice(2), terminal).then((code) => {
    terminal.close();
    process.exitCode = code;
    // Everything is closed. A socket that a peer keeps open must not keep the command alive.
    setTimeout(() => process.exit(code), 500).unref();
  });
}
