import { ReplicatorError } from '../errors';
import type { AnswerLine, ControlHandlers } from './protocol';
import { readRequest } from './request-text';

/** A request as it came, not read yet. */
export interface IncomingRequest {
  readonly text: string;
  /** The verb where the text names none. */
  readonly named?: string | undefined;
}

/** Carries a request out and sends the lines of its answer. What cannot be read is answered too. */
export async function answerRequest(
  handlers: ControlHandlers,
  { text, named }: IncomingRequest,
  signal: AbortSignal,
  send: (line: AnswerLine) => void,
): Promise<void> {
  try {
    const { verb, table } = readRequest(text, named);
    const result = await handlers[verb]({ table, report: (progress) => send({ progress }), signal });
    send({ result: result ?? null });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ error: { name, message, kind: error instanceof ReplicatorError ? error.kind : undefined } });
  }
}
