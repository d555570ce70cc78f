import type { ErrorKind } from '../errors';
import * as advice from './advice';
import type { Advice } from './advice';
import type { AwsFault } from './faults';
import type { Operation, Service } from './operations';

type Pace = AwsFault['pace'];

/** The parts of an error of the SDK. Rules use names, never classes: unmodelled errors have no class of their own. */
export interface ObservedError {
  /** Wire name (`err.name`), or the class's name for an error that never was on the wire. */
  readonly name: string;
  /** The socket's error code. */
  readonly socketCode: string | undefined;
  readonly httpStatus: number | undefined;
  readonly message: string;
}

interface Rule {
  /** Row of the fault table (docs/SPEC.md). */
  readonly row: number;
  readonly kind: ErrorKind;
  readonly pace: Pace;
  readonly advice: Advice;
  readonly matches: (error: ObservedError, operation: Operation, service: Service) => boolean;
}

const named =
  (...names: string[]) =>
  (error: ObservedError): boolean =>
    names.includes(error.name);
const status =
  (...statuses: number[]) =>
  (error: ObservedError): boolean =>
    error.httpStatus !== undefined && statuses.includes(error.httpStatus);
const socket =
  (...codes: string[]) =>
  (error: ObservedError): boolean =>
    error.socketCode !== undefined && codes.includes(error.socketCode);

/** Wire names of all throttling. */
export const THROTTLES = [
  'LimitExceededException',
  'ThrottlingException',
  'Throttling',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
];
const ACCESS = ['AccessDeniedException', 'AccessDenied', 'AllAccessDisabled', 'Forbidden', 'NotAuthorized'];
/** Wire names of refused credentials. */
export const CREDENTIALS = [
  'UnrecognizedClientException',
  'ExpiredTokenException',
  'ExpiredToken',
  'InvalidToken',
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'IncompleteSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationTokenException',
  'MissingAuthenticationToken',
  'OptInRequired',
];
/** Names of the SDK's errors when it finds no credentials. */
export const PROVIDERS = ['CredentialsProviderError', 'TokenProviderError', 'ProviderError'];
/** The SDK's message for an expired sign-in, and the service's for one that was ended. */
const SSO = /\bSSO session\b|Session token not found or invalid/;
const TLS =
  /^(CERT_|ERR_TLS_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED|HOSTNAME_MISMATCH|ERR_SSL_WRONG_VERSION)/;
const OLD_SIGNATURE = /signature (expired|not yet current)|is now earlier than|is now later than/i;

/**
 * The fault table: the first rule that matches decides. Rows 21–26 and 29–35 that show in a response instead of an error are
 * handled by the caller (export/request.ts, export/manifest.ts, export/data-file.ts, stream/).
 * Sources: DynamoDB guide "Error handling with DynamoDB"; API reference of DynamoDB, DynamoDB Streams, S3, STS and Secrets Manager, "Errors".
 */
export const RULES: readonly Rule[] = [
  {
    row: 1,
    kind: 'retry',
    pace: 'soon',
    advice: advice.iteratorExpired,
    matches: named('ExpiredIteratorException'),
  },
  { row: 2, kind: 'gap', pace: 'slow', advice: advice.trimmed, matches: named('TrimmedDataAccessException') },
  {
    row: 3,
    kind: 'gap',
    pace: 'slow',
    advice: advice.streamUnknown,
    matches: (error, _operation, service) =>
      service === 'streams' && error.name === 'ResourceNotFoundException',
  },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.secretUnknown,
    matches: (error, _operation, service) =>
      service === 'secrets' && error.name === 'ResourceNotFoundException',
  },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.secretUnusable,
    matches: (error, _operation, service) =>
      service === 'secrets' && error.name === 'InvalidRequestException',
  },
  {
    row: 22,
    kind: 'retry',
    pace: 'throttled',
    advice: advice.exportQuota,
    matches: (error, operation) =>
      operation === 'ExportTableToPointInTime' && error.name === 'LimitExceededException',
  },
  { row: 5, kind: 'retry', pace: 'throttled', advice: advice.throttled, matches: named(...THROTTLES) },
  { row: 28, kind: 'retry', pace: 'throttled', advice: advice.throttled, matches: named('SlowDown') },
  {
    row: 15,
    kind: 'retry',
    pace: 'soon',
    advice: advice.clockSkew,
    matches: (error) =>
      ['RequestTimeTooSkewed', 'RequestExpired'].includes(error.name) ||
      (error.name === 'InvalidSignatureException' && OLD_SIGNATURE.test(error.message)),
  },
  {
    row: 14,
    kind: 'retry',
    pace: 'slow',
    advice: advice.ssoExpired,
    matches: (error) => named(...PROVIDERS)(error) && SSO.test(error.message),
  },
  { row: 14, kind: 'retry', pace: 'slow', advice: advice.noCredentials, matches: named(...PROVIDERS) },
  { row: 14, kind: 'retry', pace: 'slow', advice: advice.badCredentials, matches: named(...CREDENTIALS) },
  {
    row: 17,
    kind: 'retry',
    pace: 'slow',
    advice: advice.encryptionKey,
    matches: (error) => /^KMS|^InaccessibleEncryption|^DecryptionFailure/.test(error.name),
  },
  {
    row: 13,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.accessDenied,
    // Called only to find an export again. It cannot be granted on a single table, so few policies allow it.
    matches: (error, operation) => operation === 'ListExports' && ACCESS.includes(error.name),
  },
  {
    row: 13,
    kind: 'retry',
    pace: 'slow',
    advice: advice.roleDenied,
    matches: (error, operation) => operation === 'AssumeRole' && ACCESS.includes(error.name),
  },
  {
    row: 27,
    kind: 'retry',
    pace: 'slow',
    advice: advice.objectDenied,
    matches: (error, _operation, service) =>
      service === 's3' && (ACCESS.includes(error.name) || error.httpStatus === 403),
  },
  { row: 13, kind: 'retry', pace: 'slow', advice: advice.accessDenied, matches: named(...ACCESS) },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.noRegion,
    // An empty region counts as none.
    matches: (error) =>
      error.httpStatus === undefined && /region is missing|not accepted: region=""/i.test(error.message),
  },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.unsupported,
    matches: named('UnknownOperationException'),
  },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.refused,
    matches: named(
      'ValidationException',
      'ValidationError',
      'SerializationException',
      'InvalidEndpointException',
    ),
  },
  {
    row: 18,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.pointInTimeRecoveryOff,
    matches: named('PointInTimeRecoveryUnavailableException'),
  },
  {
    row: 19,
    kind: 'retry',
    pace: 'throttled',
    advice: advice.pointInTimeRecoveryStarting,
    matches: named('ContinuousBackupsUnavailableException'),
  },
  {
    row: 20,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.exportTime,
    matches: named('InvalidExportTimeException'),
  },
  {
    row: 21,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.exportConflict,
    matches: named('ExportConflictException'),
  },
  {
    row: 23,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.tableUnknown,
    matches: named('TableNotFoundException', 'ResourceNotFoundException'),
  },
  {
    row: 24,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.exportUnknown,
    matches: named('ExportNotFoundException'),
  },
  {
    row: 33,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.unsupportedRecord,
    matches: named('UnsupportedRecord'),
  },
  { row: 27, kind: 'fatal', pace: 'slow', advice: advice.bucketUnknown, matches: named('NoSuchBucket') },
  {
    row: 27,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.bucketUnknown,
    matches: (error, operation) => operation === 'HeadBucket' && error.httpStatus === 404,
  },
  {
    row: 27,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.objectUnknown,
    matches: (error, _operation, service) =>
      service === 's3' && (['NoSuchKey', 'NotFound'].includes(error.name) || error.httpStatus === 404),
  },
  {
    row: 28,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.objectChanged,
    matches: named('PreconditionFailed'),
  },
  {
    row: 28,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.objectChanged,
    matches: (error, _operation, service) => service === 's3' && status(412, 416)(error),
  },
  {
    row: 27,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.otherRegion,
    matches: (error, _operation, service) =>
      service === 's3' &&
      (named('PermanentRedirect', 'AuthorizationHeaderMalformed')(error) || status(301, 307)(error)),
  },
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.proxy,
    matches: socket('PROXY_ADDRESS'),
  },
  // The proxy does not allow it; a person has to change that.
  {
    row: 13,
    kind: 'retry',
    pace: 'slow',
    advice: advice.proxy,
    matches: (error) => /^PROXY_4/.test(error.socketCode ?? ''),
  },
  {
    row: 10,
    kind: 'retry',
    pace: 'soon',
    advice: advice.proxy,
    matches: (error) => (error.socketCode ?? '').startsWith('PROXY_'),
  },
  {
    row: 11,
    kind: 'retry',
    pace: 'soon',
    advice: advice.transient,
    matches: (error) => error.name === 'TimeoutError' && (error.socketCode ?? 'ETIMEDOUT') === 'ETIMEDOUT',
  },
  {
    row: 10,
    kind: 'retry',
    pace: 'soon',
    advice: advice.unreachable,
    matches: socket('ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN'),
  },
  {
    row: 10,
    kind: 'retry',
    pace: 'slow',
    advice: advice.certificate,
    matches: (e) => TLS.test(e.socketCode ?? ''),
  },
  {
    row: 10,
    kind: 'retry',
    pace: 'soon',
    advice: advice.fileDescriptors,
    matches: socket('EMFILE', 'ENFILE'),
  },
  {
    row: 9,
    kind: 'retry',
    pace: 'soon',
    advice: advice.transient,
    matches: (error) =>
      socket(
        'ECONNRESET',
        'ECONNABORTED',
        'EPIPE',
        'ETIMEDOUT',
        'EPROTO',
        'ERR_STREAM_PREMATURE_CLOSE',
      )(error) || (error.socketCode ?? '').startsWith('HPE_'),
  },
  // An S3 server gives up on an upload that is too slow.
  { row: 28, kind: 'retry', pace: 'soon', advice: advice.transient, matches: named('RequestTimeout') },
  {
    row: 6,
    kind: 'retry',
    pace: 'soon',
    advice: advice.serverTrouble,
    matches: named(
      'InternalServerError',
      'InternalFailure',
      'InternalError',
      'TransactionInProgressException',
    ),
  },
  { row: 5, kind: 'retry', pace: 'throttled', advice: advice.throttled, matches: status(429) },
  {
    row: 6,
    kind: 'retry',
    pace: 'throttled',
    advice: advice.serverTrouble,
    matches: named('ServiceUnavailableException', 'ServiceUnavailable'),
  },
  {
    row: 7,
    kind: 'retry',
    pace: 'soon',
    advice: advice.serverTrouble,
    matches: (error) => error.httpStatus !== undefined && error.httpStatus >= 500,
  },
  { row: 13, kind: 'retry', pace: 'slow', advice: advice.accessDenied, matches: status(401, 403, 407) },
  { row: 8, kind: 'retry', pace: 'soon', advice: advice.foreignAnswer, matches: named('ForeignAnswer') },
  // For example, S3's requirements for a bucket with Object Lock. AWS's message explains it.
  {
    row: 16,
    kind: 'fatal',
    pace: 'slow',
    advice: advice.refusedBy,
    matches: (error) => error.httpStatus !== undefined && error.httpStatus >= 400 && error.httpStatus < 500,
  },
  {
    row: 8,
    kind: 'retry',
    pace: 'soon',
    advice: advice.unreadableAnswer,
    // Any error after a good status, even a TypeError of the SDK: it could not read the body.
    matches: (error) =>
      (error.httpStatus !== undefined && error.httpStatus >= 200 && error.httpStatus < 300) ||
      named('SyntaxError', 'UnreadableAnswer')(error),
  },
];
