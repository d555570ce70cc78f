/** One thing that is wrong with the arguments or with what they name. */
export interface ArgumentProblem {
  /** The argument as its interface spells it, with its path: `network.subnetIds`. */
  readonly argument: string;
  /** What is wrong and what to write instead. */
  readonly problem: string;
}

/**
 * For Pulumi: the message says it all, without a stack trace. It is the mark that its `RunError` carries, without what that
 * class brings along.
 */
const MESSAGE_ONLY = '__pulumiRunError';

/** The arguments of a component cannot be used. Lists everything that is wrong with them; nothing has been created. */
export class InvalidArguments extends Error {
  readonly [MESSAGE_ONLY] = true;

  constructor(
    /** The component or the stack, for people. */
    readonly subject: string,
    readonly problems: readonly ArgumentProblem[],
  ) {
    const lines = problems.map(({ argument, problem }) => `  ${argument}: ${problem}`);
    super(
      `${subject}: ${problems.length === 1 ? 'an argument is' : `${problems.length} arguments are`} wrong; ` +
        `nothing was created.\n${lines.join('\n')}`,
    );
    this.name = new.target.name;
  }
}

/** Something that the arguments name, a table, a VPC or an account, is not as it has to be. */
export class UnsuitableResource extends Error {
  readonly [MESSAGE_ONLY] = true;

  constructor(
    /** For people: `table orders`. */
    readonly subject: string,
    /** What was found, and the fix. */
    readonly found: string,
  ) {
    super(`${subject}: ${found}`);
    this.name = new.target.name;
  }
}

/** @throws InvalidArguments when there are problems */
export function refuse(subject: string, problems: readonly ArgumentProblem[]): void {
  if (problems.length > 0) throw new InvalidArguments(subject, problems);
}
