/**
 * What a failure means for the pipeline it happened in:
 * `retry` – the same call may succeed later; nothing is lost by waiting.
 * `fatal` – a person has to act; the pipeline stops and says what to do.
 * `gap`   – stream records can no longer be read (rule G1); only a new generation helps.
 */
export type ErrorKind = 'retry' | 'fatal' | 'gap';

/** Base of every error this project throws on purpose: `message` tells the user what to do next. */
export abstract class ReplicatorError extends Error {
  abstract readonly kind: ErrorKind;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** What messages say of what may pass: true only where something goes on. */
const GOES_ON = /\b(It is tried again|Trying again|Retrying|Opening the file again)\b/gi;

/** An error's message where it ends what was asked for: nobody tries again but the reader. */
export function finalMessage({ message }: Pick<Error, 'message'>): string {
  return message.replace(GOES_ON, (words) => (/^[A-Z]/.test(words) ? 'Try again' : 'try again'));
}

/** What a server or engine says of a failure, as a sentence within a message. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
