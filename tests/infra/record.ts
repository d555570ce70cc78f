import * as pulumi from '@pulumi/pulumi';
import { type Lookup, type Registration, runProgram } from '../../review/record-program';
import { isSecret } from '../../review/wire';
import { progress } from '../tiers/progress';
import { type Things, worldOf } from './mocked-aws';

export interface Recorded<Result> {
  readonly result: Result;
  readonly resources: readonly Registration[];
  readonly lookups: readonly Lookup[];
  /** The only resource of a type whose name has this ending. */
  only(type: string, nameEnd?: string): Registration['inputs'];
  /** All resources of a type, by name. */
  all(type: string): readonly Registration[];
}

export interface Recording {
  readonly world?: Partial<Things>;
  /** As in `pulumi preview`: values that AWS sets are unknown. */
  readonly preview?: boolean;
  /** With `preview`: of a stack that is deployed. */
  readonly deployed?: boolean;
  readonly stack?: string;
}

/** Runs a program against mocks. @throws the error of the program or of one of its outputs */
export async function record<Result>(
  program: () => Result | Promise<Result>,
  { world = {}, preview = false, deployed = false, stack = 'dev' }: Recording = {},
): Promise<Recorded<Result>> {
  progress();
  const running = { stack, world: worldOf(world), preview, deployed };
  const { result, registrations, lookups } = await runProgram(running, program);
  return {
    result,
    resources: registrations,
    lookups,
    only(type, nameEnd = '') {
      const found = registrations.filter((one) => one.type === type && one.name.endsWith(nameEnd));
      if (found.length !== 1)
        throw new Error(`${found.length} of ${type} ${nameEnd}: ${listed(registrations)}`);
      return (found[0] as Registration).inputs;
    },
    all: (type) => registrations.filter((one) => one.type === type),
  };
}

/** Value of an output. */
export function valueOf<Value>(output: pulumi.Output<Value> | undefined): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (output === undefined) reject(new Error('there is no such output'));
    else
      void output.apply((value) => {
        resolve(value);
      });
  });
}

/** Whether an output is known, as in a preview. */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}

/** An output that is unknown until its resource is created. */
export function unknown<Value>(): pulumi.Output<Value> {
  const value = pulumi.output(undefined) as unknown as { isKnown: Promise<boolean> };
  value.isKnown = Promise.resolve(false);
  return value as unknown as pulumi.Output<Value>;
}

/** Value of a secret output. @throws if it is not marked as a secret */
export function secretIn(input: unknown): unknown {
  if (!isSecret(input)) throw new Error(`no secret: ${JSON.stringify(input)}`);
  return input.value;
}

function listed(resources: readonly Registration[]): string {
  return resources.map(({ type, name }) => `${type} ${name}`).join(', ');
}
