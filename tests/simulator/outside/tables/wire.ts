import type { Wire } from '../operation';

/** An emulator's response: the body or the error. */
export type Answer =
  | { readonly kind: 'done'; readonly body: Wire }
  | {
      readonly kind: 'refused';
      /** The error's name without prefix, or the status of a response that is not JSON. */
      readonly error: string;
      /** The body with the service's message. */
      readonly body: Wire;
    };

const TARGETS = { dynamodb: 'DynamoDB_20120810', streams: 'DynamoDBStreams_20120810' } as const;

/** None of the emulators verifies signatures, but all require one. */
const SIGNED = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260105T120000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260105/eu-west-1/dynamodb/aws4_request, ' +
    'SignedHeaders=host;x-amz-date;x-amz-target, Signature=00',
};

/** One call in JSON 1.0 without an SDK, which would not send some requests and would hide some differences. */
export async function call(
  url: string,
  service: keyof typeof TARGETS,
  operation: string,
  input: Wire,
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...SIGNED, 'x-amz-target': `${TARGETS[service]}.${operation}` },
    body: JSON.stringify(input),
  });
  const text = await response.text();
  let body: Wire;
  try {
    body = JSON.parse(text) as Wire;
  } catch {
    return { kind: 'refused', error: `HTTP ${response.status}`, body: { message: text.slice(0, 300) } };
  }
  if (response.ok) return { kind: 'done', body };
  return { kind: 'refused', error: String(body['__type']).replace(/^.*#/, ''), body };
}
