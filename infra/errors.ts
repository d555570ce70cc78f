/** A problem with an argument or with the resource that it names. */
export interface ArgumentProblem {
  /** The argument as its interface spells it, with its path: `network.subnetIds`. */
  readonly argument: string;
  /** What is wrong and what to write instead. */
  readonly problem: string;
}

/**
 * Tells Pulumi to print the message without a stack trace. It is the mark of Pulumi's `RunError`, without the dependencies of
 * that class.
 */
const MESSAGE_ONLY = '__pulumiRunError';

/** The arguments of a component are invalid. Lists every problem; nothing has been created. */
export class InvalidArguments extends Error {
  readonly [MESSAGE_ONLY] = true;

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
    this.name = new.target.name;
  }
}

/** A resource that the arguments name, such as a table, a VPC or an account, cannot be used. */
export class UnsuitableResource extends Error {
  readonly [MESSAGE_ONLY] = true;

  constructor(
    /** For the message: `table orders`. */
    readonly subject: string,
    /** What was found, and the fix. */
    readonly found: string,
  ) {
    super(`${subject}: ${found}`);
    this.name = new.target.name;
  }
}

/** @throws InvalidArguments if there are problems */
export function refuse(subject: string, problems: readonly ArgumentProblem[]): void {
  if (problems.length > 0) throw new InvalidArguments(subject, problems);
}
