/** A problem with an argument or with the resource that it names. */
export interface ArgumentProblem {
  /** The argument as its interface spells it, with its path: `network.subnetIds`. */
  readonly argument: string;
  /** What is wrong and what to write instead. */
  readonly problem: string;
}

/** What Pulumi's own `RunError` is marked with: the engine prints the message alone. */
const MESSAGE_ONLY = '__pulumiRunError';

/**
 * An error for whoever runs Pulumi. It has no stack trace: Pulumi formats the trace before it sees that only the message is
 * printed, and Node 20 and 22 take some 20 seconds for a frame in `node_modules/@pulumi/resource.ts`.
 */
abstract class PlainError extends Error {
  readonly [MESSAGE_ONLY] = true;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
    this.stack = `${this.name}: ${message}`;
  }
}

/** The arguments of a component are invalid. Lists every problem; nothing has been created. */
export class InvalidArguments extends PlainError {
  constructor(
    /** The component or the stack, for the message. */
    readonly subject: string,
    readonly problems: readonly ArgumentProblem[],
  ) {
    const lines = problems.map(({ argument, problem }) => `  ${argument}: ${problem}`);
    super(
      `${subject}: ${problems.length === 1 ? 'an argument is' : `${problems.length} arguments are`} invalid; ` +
        `nothing was created.\n${lines.join('\n')}`,
    );
  }
}

/** A resource that the arguments name, such as a table, a VPC or an account, cannot be used. */
export class UnsuitableResource extends PlainError {
  constructor(
    /** For the message: `table orders`. */
    readonly subject: string,
    /** What was found, and the fix. */
    readonly found: string,
  ) {
    super(`${subject}: ${found}`);
  }
}

/** A program in another language asks for a component that this version of the package does not have. */
export class UnknownComponent extends PlainError {
  constructor(
    readonly type: string,
    /** Of this package. */
    readonly version: string,
    known: readonly string[],
  ) {
    super(
      `dynamodb-replicator ${version} has no component ${type}. It has ${known.join(', ')}. ` +
        'Run pulumi package add with the version that your program was written for.',
    );
  }
}

/** @throws InvalidArguments if there are problems */
export function refuse(subject: string, problems: readonly ArgumentProblem[]): void {
  if (problems.length > 0) throw new InvalidArguments(subject, problems);
}
