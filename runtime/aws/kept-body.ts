import type { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import { crc32 } from 'node:zlib';
import { present, UnreadableAnswer } from './call';

interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string | undefined>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

/** The bytes of a response, with their checksum from its header. */
export interface KeptBody {
  readonly bytes: Uint8Array;
  readonly crc32: string | undefined;
}

const NOTHING = Buffer.from('{}');

/**
 * Makes a command keep its response's bytes instead of letting the SDK parse them: its parser loses an attribute named
 * `__proto__`. The SDK handles error responses.
 * @returns the bytes, after the command was sent. @throws UnreadableAnswer without a response
 */
export function keepBody(command: GetRecordsCommand | BatchGetItemCommand): () => KeptBody {
  let kept: KeptBody | undefined;
  const stack = command.middlewareStack as GetRecordsCommand['middlewareStack'];
  stack.add(
    (next) => async (args) => {
      const result = await next(args);
      const answer = result.response as HttpAnswer;
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        kept = { bytes: await collect(answer.body), crc32: answer.headers['x-amz-crc32'] };
        answer.body = NOTHING;
      }
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'keepBytes' },
  );
  return () => present(kept, 'body');
}

/** Parses a kept body. @throws UnreadableAnswer */
export function parsedBody({ bytes, crc32: header }: KeptBody): unknown {
  if (header !== undefined && Number(header) !== crc32(bytes)) {
    throw new UnreadableAnswer('The body does not match the CRC-32 in its header.');
  }
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    // The parser's error quotes the body, which holds rows.
    throw new UnreadableAnswer('The body is not JSON.');
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
