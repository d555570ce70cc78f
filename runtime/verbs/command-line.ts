import { Command, CommanderError } from 'commander';
import { nearest } from '../config/nearest';
import { finalMessage, ReplicatorError } from '../errors';
import { version } from '../version';
import { EXIT, exitCodeOf, type ExitCode, WrongUse } from './exit-codes';
import type { Terminal } from './terminal';
import type { Verb } from './verb';

/** Runs a command line with one of these verbs and returns its exit code. */
export async function runCommandLine(
  words: readonly string[],
  terminal: Terminal,
  verbs: readonly Verb[],
): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const program = programOf(verbs, terminal, (verb, command) =>
    verb.run(command, terminal).then((result) => {
      code = result;
    }),
  );
  try {
    if (words.length === 0) throw new WrongUse(`Missing command.\n\n${program.helpInformation()}`);
    requireVerb(words[0] as string, verbs);
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    print(error, terminal);
    return exitCodeOf(error);
  }
}

function programOf(
  verbs: readonly Verb[],
  terminal: Terminal,
  run: (verb: Verb, command: Command) => Promise<void>,
): Command {
  const program = new Command('dynamodb-replicator')
    .description(
      'Replicates DynamoDB tables into a database: backfill from a point-in-time export, then the stream, exactly.',
    )
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
    })
    .exitOverride();
  for (const verb of verbs) {
    const command = program.command(verb.name).description(verb.summary).summary(verb.summary);
    verb.define(command);
    command.addHelpText('after', `\nExample:\n  ${verb.example}\n`);
    command.action(() => run(verb, command));
  }
  return program;
}

function requireVerb(word: string, verbs: readonly Verb[]): void {
  const names = verbs.map((verb) => verb.name);
  if (word.startsWith('-') || names.includes(word)) return;
  const meant = nearest(word, names);
  throw new WrongUse(
    `Unknown command: ${word}${meant === undefined ? '' : `; did you mean ${meant}?`}\n` +
      `The commands are ${names.join(', ')}. See dynamodb-replicator --help.`,
  );
}

function print(error: unknown, terminal: Terminal): void {
  // Commander has already printed it.
  if (error instanceof CommanderError) return;
  if (error instanceof Error && terminal.shown?.has(error)) return;
  if (error instanceof ReplicatorError) terminal.errors.write(`${finalMessage(error)}\n`);
  else {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.errors.write(`Unexpected error, a bug in dynamodb-replicator ${version()}:\n${what}\n`);
  }
}
