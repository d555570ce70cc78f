import { crc32 } from 'node:zlib';
import { ServiceError } from '../service-error';
import { answer, isSigned } from './message';
import type { Answer, Exchange, Request } from './message';

const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** Error types that AWS's common front answers, not the service behind it. */
const FRONT_ERRORS = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InternalFailure',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SerializationException',
  'ServiceUnavailableException',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

function qualified(type: string): string {
  if (type.includes('#')) return type;
  if (type === 'ValidationException') return `com.amazon.coral.validate#${type}`;
  if (FRONT_ERRORS.has(type)) return `com.amazon.coral.service#${type}`;
  return `com.amazonaws.dynamodb.v20120810#${type}`;
}

function jsonAnswer(status: number, value: unknown): Answer {
  const made = answer(status, CONTENT_TYPE, JSON.stringify(value));
  return { ...made, headers: { ...made.headers, 'x-amz-crc32': String(crc32(made.body)) } };
}

function inputOf(request: Request): Record<string, unknown> {
  if (!isSigned(request)) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  let input: unknown;
  try {
    input = JSON.parse(request.body.toString());
  } catch {
    throw new ServiceError('SerializationException', 'The request body is no JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ServiceError('SerializationException', 'Start of structure or map expected');
  }
  return input as Record<string, unknown>;
}

/** A call in JSON 1.0, as DynamoDB and DynamoDB Streams speak it. */
export function jsonExchange(
  request: Request,
  operation: string,
  call: (input: Record<string, unknown>) => unknown,
): Exchange {
  return {
    operation,
    perform: () => jsonAnswer(200, call(inputOf(request)) ?? {}),
    failure: ({ type, message, status, headerOnly, members }) => {
      if (headerOnly) {
        const empty = answer(status, CONTENT_TYPE, '');
        return { ...empty, headers: { ...empty.headers, 'x-amzn-errortype': qualified(type) } };
      }
      const name = FRONT_ERRORS.has(type) ? 'Message' : 'message';
      return jsonAnswer(status, { __type: qualified(type), [name]: message, ...members });
    },
  };
}
