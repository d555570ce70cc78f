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

export const validation = (message: string): ServiceError => new ServiceError('ValidationException', message);
