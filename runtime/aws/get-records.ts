import { GetRecordsCommand, type GetRecordsCommandInput } from '@aws-sdk/client-dynamodb-streams';

interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string | undefined>;
  body: AsyncIterable<Uint8Array> | Uint8Array;
}

const NOTHING = Buffer.from('{}');

/**
 * GetRecords that keeps the response's bytes for `recordPage` (record-page.ts) instead of letting the SDK parse them. The SDK
 * handles error responses.
 */
export class GetRecordsBytes extends GetRecordsCommand {
  body: Uint8Array | undefined;
  crc32: string | undefined;

  constructor(input: GetRecordsCommandInput) {
    super(input);
    this.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const answer = result.response as HttpAnswer;
        if (answer.statusCode >= 200 && answer.statusCode < 300) {
          this.body = await collect(answer.body);
          this.crc32 = answer.headers['x-amz-crc32'];
          answer.body = NOTHING;
        }
        return result;
      },
      { step: 'deserialize', priority: 'low', name: 'keepBytes' },
    );
  }
}

async function collect(body: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
}
