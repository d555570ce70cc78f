import * as advice from './advice';
import { CREDENTIALS, type ObservedError, PROVIDERS, RULES } from './fault-table';
import { AwsFault } from './faults';
import { PERMISSIONS, type CallContext, type Operation } from './operations';

/**
 * Classifies a failed AWS call and explains what to do. An abort does not belong here: throw the signal's reason. An error
 * that no row matches is fatal, so that somebody sees it, instead of being retried forever.
 */
export function classify(operation: Operation, error: unknown, context: CallContext): AwsFault {
  const observed = observe(error);
  const { service } = PERMISSIONS[operation];
  const rule = RULES.find((candidate) => candidate.matches(observed, operation, service));
  const code =
    observed.name === 'Error' || observed.name === 'TimeoutError' || observed.name === 'AggregateError'
      ? (observed.socketCode ?? observed.name)
      : observed.name;
  const answer = (rule?.row === 8 ? observed.message.split('\n')[0] : observed.message) ?? '';
  const failure = { operation, context, code, message: answer };
  const message = (rule?.advice ?? advice.unknownError)(failure);
  const isDenied = rule?.advice === advice.accessDenied || rule?.advice === advice.objectDenied;
  return new AwsFault(
    operation,
    code,
    rule?.kind ?? 'fatal',
    rule?.pace ?? 'slow',
    observed.httpStatus,
    message,
    { cause: error, permission: isDenied ? advice.missingPermission(failure) : undefined },
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
