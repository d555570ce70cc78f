#!/usr/bin/env node
import { main } from './cli/main';
import { ProcessTerminal } from './cli/terminal';

const terminal = new ProcessTerminal(process);
void main(process.argv.slice(2), terminal).then((code) => {
  terminal.close();
  process.exitCode = code;
  // Everything is closed by now; a socket that a peer keeps open shall not keep the command alive.
  setTimeout(() => process.exit(code), 500).unref();
});
