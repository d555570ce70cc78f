/** An error response of a service: its type without prefix, a message and an HTTP status. */
export class ServiceError extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly status: number = 400,
    /** Further members of the error's body, such as `CancellationReasons`. */
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = type;
  }
}

/** For features of AWS that the simulator lacks. It has its own type, so that callers do not mistake it for an error in the request. */
export const notSimulated = (what: string): ServiceError =>
  new ServiceError('NotSimulatedException', `The simulator does not support ${what}`);

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message);
