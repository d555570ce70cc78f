import { ReplicatorError, type ErrorKind } from '../errors';
import type { Operation } from './operations';

/** An action and the resource it is needed on, as a policy statement names them. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
}

/**
 * An AWS call that failed, classified (reference: docs/SPEC.md, fault table). `code` is the wire name of the error or the
 * socket's error code; `pace` says how a retry waits: `soon` for transient faults, `slow` for what a person has to mend
 * (access, credentials, keys) while the checkpoint keeps its place.
 */
export class AwsFault extends ReplicatorError {
  /** What the caller was not allowed to do. */
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
