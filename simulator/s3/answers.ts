import { answer } from '../http/message';
import type { Answer } from '../http/message';
import { document } from '../xml';

const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** A response with one XML element. */
export const result = (name: string, content: string): Answer =>
  answer(200, 'application/xml', document(`<${name} ${NAMESPACE}>${content}</${name}>`));

/** A response with headers only. */
export const empty = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: Buffer.alloc(0),
});
