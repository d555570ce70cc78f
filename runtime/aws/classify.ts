import * as advice from './advice';
import { CREDENTIALS, type ObservedError, PROVIDERS, RULES } from './fault-table';
import { AwsFault } from './faults';
import { PERMISSIONS, type CallContext, type Operation } from './operations';

/** Row of the fault table for a good status with a body that is not one of the operation. */
const UNREADABLE = 8;

/**
 * Classifies a failed AWS call and explains what to do. An abort does not belong here: throw the signal's reason. An error
 * that no row matches is fatal, so that somebody sees it, instead of being retried forever.
 */
export function classify(operation: Operation, error: unknown, context: CallContext): AwsFault {
  const original = observe(error);
  const { service } = PERMISSIONS[operation];
  const rule = RULES.find((candidate) => candidate.matches(original, operation, service));
  const isUnread = isUnreadBody(original, rule?.row);
  const observed = isUnread ? withoutBody(original, rule?.row) : original;
  const code =
    observed.name === 'Error' || observed.name === 'TimeoutError' || observed.name === 'AggregateError'
      ? (observed.socketCode ?? observed.name)
      : observed.name;
  const failure = { operation, context, code, message: observed.message };
  const message = (rule?.advice ?? advice.unknownError)(failure);
  const isDenied = rule?.advice === advice.accessDenied || rule?.advice === advice.objectDenied;
  return new AwsFault(
    operation,
    code,
    rule?.kind ?? 'fatal',
    rule?.pace ?? 'slow',
    observed.httpStatus,
    message,
    {
      cause: isUnread ? new Error(observed.message) : error,
      permission: isDenied ? advice.missingPermission(failure) : undefined,
    },
  );
}

/** Whether AWS refused the credentials. Reading them again may help, as somebody may have renewed them. */
export function isAboutCredentials(fault: AwsFault): boolean {
  return CREDENTIALS.includes(fault.code);
}

/** Whether no call can succeed before a person signs in. */
export function needsSignIn(fault: AwsFault): boolean {
  return isAboutCredentials(fault) || PROVIDERS.includes(fault.code);
}

/** Whether the SDK could not read the body of a response. Its message may quote the body. */
function isUnreadBody({ name, httpStatus }: ObservedError, row: number | undefined): boolean {
  return name === 'SyntaxError' || (row === UNREADABLE && httpStatus !== undefined);
}

/** The error without the body. With a good status it counts like a response without its content. */
function withoutBody(error: ObservedError, row: number | undefined): ObservedError {
  const name = row === UNREADABLE ? 'UnreadableAnswer' : error.name;
  return { ...error, name, message: advice.UNREAD_BODY };
}

function observe(error: unknown): ObservedError {
  const fields = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
    message?: unknown;
    $metadata?: { httpStatusCode?: unknown };
  };
  const httpStatus = fields.$metadata?.httpStatusCode;
  return {
    name: typeof fields.name === 'string' ? fields.name : 'Error',
    socketCode: typeof fields.code === 'string' ? fields.code : undefined,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : undefined,
    message: typeof fields.message === 'string' ? fields.message : String(error),
  };
}
