import { Command, CommanderError } from 'commander';
import { nearest } from '../config/nearest';
import { ReplicatorError } from '../errors';
import { version } from '../version';
import { checkCommand } from './check';
import { demoCommand } from './demo';
import { EXIT, exitCodeOf, type ExitCode, WrongUse } from './exit-codes';
import { healthcheckCommand } from './healthcheck';
import { resyncCommand } from './resync';
import { runCommand } from './run';
import { simulatorCommand } from './simulator';
import { statusCommand } from './status';
import type { Terminal } from './terminal';
import type { Verb } from './verb';
import { verifyCommand } from './verify';

const VERBS: readonly Verb[] = [
  demoCommand,
  checkCommand,
  runCommand,
  statusCommand,
  verifyCommand,
  resyncCommand,
  healthcheckCommand,
  simulatorCommand,
];

/** Runs the command line `words` and returns the exit code. */
export async function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = programOf(terminal, (verb, command) =>
    verb.carryOut(command, terminal).then((result) => {
      code = result;
    }),
  );
  try {
    if (words.length === 0) throw new WrongUse(`Say what to do:\n\n${program.helpInformation()}`);
    requireVerb(words[0] as string);
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    tell(error, terminal);
    return exitCodeOf(error);
  }
}

function programOf(terminal: Terminal, carryOut: (verb: Verb, command: Command) => Promise<void>): Command {
  const program = new Command('dynamodb-replicator')
    .description(
      'Replicates DynamoDB tables into a database: backfill from a point-in-time export, then the stream, exactly.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
    })
    .exitOverride();
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.summary).summary(verb.summary);
    verb.define(command);
    command.addHelpText('after', `\nExample:\n  ${verb.example}\n`);
    command.action(() => carryOut(verb, command));
  }
  return program;
}

function requireVerb(word: string): void {
  const names = VERBS.map((verb) => verb.name);
  if (word.startsWith('-') || names.includes(word)) return;
  const meant = nearest(word, names);
  throw new WrongUse(
    `There is no verb ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}\n` +
      `The verbs are ${names.join(', ')}. See dynamodb-replicator --help.`,
  );
}

function tell(error: unknown, terminal: Terminal): void {
  // Commander has said what was wrong.
  if (error instanceof CommanderError) return;
  if (error instanceof ReplicatorError) terminal.errors.write(`${error.message}\n`);
  else {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.errors.write(`This should not have happened; please report it.\n${what}\n`);
  }
}
