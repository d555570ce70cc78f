/**
 * What a failure means for its pipeline:
 * `retry` – the same call may succeed later; waiting loses nothing.
 * `fatal` – a person has to act; the pipeline stops, and the message explains what to do.
 * `gap`   – stream records can no longer be read (rule G1); only a new generation helps.
 */
export type ErrorKind = 'retry' | 'fatal' | 'gap';

/** Base of every error that this project throws on purpose. Its `message` explains what to do next. */
export abstract class ReplicatorError extends Error {
  abstract readonly kind: ErrorKind;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Promises of a retry in messages. They hold only while something retries. */
const GOES_ON = /\b(It is tried again|Trying again|Retrying|Opening the file again)\b/gi;

/** An error's message when nothing retries: it asks the reader to try again. */
export function finalMessage({ message }: Pick<Error, 'message'>): string {
  return message.replace(GOES_ON, (words) => (/^[A-Z]/.test(words) ? 'Try again' : 'try again'));
}

/** The text of a server or engine as a sentence within a message. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** The command that reloads a table, in a message of code that does not know the settings: `withResync` completes it. */
export function reload(table = '…'): string {
  return `dynamodb-replicator resync --table ${table}`;
}

/** A command of `reload`, with its table. A complete one has more flags. */
const RELOAD = /dynamodb-replicator resync --table (…|[\w.-]*[\w-])(?![\w-]| --)/g;

/** Completes the commands of `reload` in a text. @param resync returns the command for a table; `…`: it is not known */
export function withResync(text: string, resync: (table: string) => string): string {
  return text.replace(RELOAD, (_, table: string) => resync(table));
}
