import * as advice from './advice';
import { CREDENTIALS, type ObservedError, PROVIDERS, RULES } from './fault-table';
import { AwsFault } from './faults';
import { PERMISSIONS, type CallContext, type Operation } from './operations';

/**
 * What a failed AWS call means and what to do about it. An abort is not for this table: throw the signal's reason.
 * An error no row knows is fatal, so that it is seen, not retried for ever.
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
  const message = (rule?.advice ?? advice.unforeseen)(failure);
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

/** Whether the fault lies in the credentials: worth reading them again, they may have been renewed. */
export function isAboutCredentials(fault: AwsFault): boolean {
  return CREDENTIALS.includes(fault.code);
}

/** Whether no call can succeed before a person signs in, whatever it is about. */
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
