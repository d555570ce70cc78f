import { ReplicatorError, type ErrorKind } from '../errors';
import type { Operation } from './operations';

/** An action and its resource, as in a policy statement. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** The `Condition` of a statement that allows no more than is needed. */
  readonly condition?: object;
}

/** The statement that grants a permission. */
export function statementFor({ action, resource, condition }: Permission): object {
  return { Effect: 'Allow', Action: action, Resource: resource, Condition: condition };
}

/**
 * A failed AWS call, classified by the fault table of docs/SPEC.md. `code` is the wire name of the error or the socket's error
 * code. `pace` decides how long a retry waits: `soon` for transient faults, `slow` for what a person has to fix (access,
 * credentials, keys).
 */
export class AwsFault extends ReplicatorError {
  /** The permission that the caller lacks. */
  readonly permission: Permission | undefined;

  constructor(
    readonly operation: Operation,
    readonly code: string,
    readonly kind: ErrorKind,
    readonly pace: 'soon' | 'throttled' | 'slow',
    readonly httpStatus: number | undefined,
    message: string,
    options?: ErrorOptions & { readonly permission?: Permission | undefined },
  ) {
    super(message, options);
    this.permission = options?.permission;
  }
}
