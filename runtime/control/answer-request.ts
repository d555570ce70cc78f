import { ReplicatorError } from '../errors';
import type { AnswerLine, ControlHandlers } from './protocol';
import { readRequest } from './request-text';

/** A received request that has not been parsed. */
export interface IncomingRequest {
  readonly text: string;
  /** The verb, if the text names none. */
  readonly named?: string | undefined;
}

/** Runs a request and sends the lines of its answer. A request that cannot be read gets an error. */
export async function answerRequest(
  handlers: ControlHandlers,
  { text, named }: IncomingRequest,
  signal: AbortSignal,
  send: (line: AnswerLine) => void,
): Promise<void> {
  try {
    const { verb, table, sample } = readRequest(text, named);
    const result = await handlers[verb]({ table, sample, report: (progress) => send({ progress }), signal });
    send({ result: result ?? null });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ error: { name, message, kind: error instanceof ReplicatorError ? error.kind : undefined } });
  }
}
