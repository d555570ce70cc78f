import { crc32 } from 'node:zlib';
import { ServiceError } from '../service-error';
import { answer, isSigned } from './message';
import type { Answer, Exchange, Request } from './message';

/** A service's variant of the JSON protocol. */
export interface JsonDialect {
  readonly contentType: string;
  /** Whether responses have a checksum of their body. */
  readonly checksums: boolean;
  /** The type and message of an error's body, in the service's form. */
  readonly failure: (type: string, message: string) => { __type: string; message?: string; Message?: string };
}

/** DynamoDB's size limit of a request, BatchWriteItem included. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Error types that AWS's common front end returns instead of the service. */
const FRONT_ERRORS = new Set([
  'AccessDeniedException',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InternalFailure',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'RequestEntityTooLargeException',
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

/** JSON 1.0, the protocol of DynamoDB and DynamoDB Streams. */
export const json10: JsonDialect = {
  contentType: 'application/x-amz-json-1.0',
  checksums: true,
  failure: (type, message) => ({
    __type: qualified(type),
    [FRONT_ERRORS.has(type) ? 'Message' : 'message']: message,
  }),
};

/** JSON 1.1, the protocol of Secrets Manager: error types have no prefix. */
export const json11: JsonDialect = {
  contentType: 'application/x-amz-json-1.1',
  checksums: false,
  failure: (type, message) => ({ __type: type, Message: message }),
};

const jsonAnswer = (dialect: JsonDialect, status: number, value: unknown): Answer =>
  bodyAnswer(dialect, status, JSON.stringify(value));

function bodyAnswer(dialect: JsonDialect, status: number, body: string): Answer {
  const made = answer(status, dialect.contentType, body);
  if (!dialect.checksums) return made;
  return { ...made, headers: { ...made.headers, 'x-amz-crc32': String(crc32(made.body)) } };
}

function inputOf(request: Request): Record<string, unknown> {
  if (!isSigned(request)) {
    throw new ServiceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  }
  if (request.body.length > MAX_REQUEST_BYTES) {
    throw new ServiceError('RequestEntityTooLargeException', 'Request size exceeds 16 MB', 413);
  }
  let input: unknown;
  try {
    input = JSON.parse(request.body.toString());
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not valid JSON');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new ServiceError('SerializationException', 'Start of structure or map expected');
  }
  return input as Record<string, unknown>;
}

/** A call of a service with a JSON protocol. */
export function jsonExchange(
  request: Request,
  dialect: JsonDialect,
  operation: string,
  call: (input: Record<string, unknown>) => unknown,
): Exchange {
  return {
    operation,
    perform: () => {
      const result = call(inputOf(request));
      return result === undefined ? bodyAnswer(dialect, 200, '') : jsonAnswer(dialect, 200, result);
    },
    failure: ({ type, message, status, headerOnly, members }) => {
      const failure = dialect.failure(type, message);
      if (!headerOnly) return jsonAnswer(dialect, status, { ...failure, ...members });
      const empty = answer(status, dialect.contentType, '');
      return { ...empty, headers: { ...empty.headers, 'x-amzn-errortype': failure.__type } };
    },
  };
}
