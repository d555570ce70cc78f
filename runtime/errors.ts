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

/** An error's message where it is the end of what was asked for: messages say of what may pass that it is tried again. */
export function finalMessage({ message }: ReplicatorError): string {
  return message.replace(/\b([Ii])t is tried again\b/g, (_, first) =>
    first === 'I' ? 'Try again' : 'try again',
  );
}

/** What a server or engine says of a failure, as a sentence within a message. */
export function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
