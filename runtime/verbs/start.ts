import type { ExitCode } from './exit-codes';
import { ProcessTerminal, type Terminal } from './terminal';

/** Runs a command line as this process: its words, its streams, its exit code. */
export function start(run: (words: readonly string[], terminal: Terminal) => Promise<ExitCode>): void {
  const terminal = new ProcessTerminal(process);
  void run(process.argv.slice(2), terminal).then((code) => {
    terminal.close();
    process.exitCode = code;
    // Everything is closed by now; a socket that a peer keeps open shall not keep the command alive.
    setTimeout(() => process.exit(code), 500).unref();
  });
}
