/** An error answer of a JSON service: its wire type without prefix, a message and an HTTP status. */
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

/** What AWS has and the simulator lacks. A type of its own: no caller mistakes it for a mistake in the request. */
export const notSimulated = (what: string): ServiceError =>
  new ServiceError('NotSimulatedException', `The simulator does not have ${what}`);

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message);
