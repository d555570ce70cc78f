import * as pulumi from '@pulumi/pulumi';
// @ts-expect-error Pulumi declares no types for it.
import { leakedPromises } from '@pulumi/pulumi/runtime/debuggable';
import { computed } from '../../review/offline-aws';
import { progress } from '../tiers/progress';
import { ACCOUNT, answerCall, REGION, type World } from './mocked-aws';

const PLACE = { account: ACCOUNT, region: REGION };

/** One resource that a program registered. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  /** As the engine gets them: outputs resolved; `secretIn` and `isUnknown` look into what is wrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface Recorded<Result> {
  readonly result: Result;
  readonly resources: readonly Registration[];
  /** The only resource of a type whose name ends so. */
  only(type: string, nameEnd?: string): Registration['inputs'];
  /** All of a type, by name. */
  all(type: string): readonly Registration[];
}

export interface Recording {
  readonly world?: Partial<World>;
  /** As `pulumi preview`: what AWS decides is unknown. */
  readonly preview?: boolean;
  readonly stack?: string;
}

/**
 * Runs a program against mocks and waits until everything that it registers is registered. Pulumi has no such wait of its own
 * (pulumi/pulumi#6666), so this drains the queue of calls.
 * @throws what an output of the program failed with
 */
export async function record<Result>(
  program: () => Result | Promise<Result>,
  { world = {}, preview = false, stack = 'dev' }: Recording = {},
): Promise<Recorded<Result>> {
  const resources: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        progress();
        const known = inputs as Record<string, unknown>;
        resources.push({ type, name, inputs: known });
        if (!custom || preview) return { id: undefined, state: known };
        const decided = computed(type, name, known, PLACE);
        return { id: String(decided['id'] ?? `${name}-id`), state: { ...known, ...decided } };
      },
      call: ({ token, inputs }) => answerCall(token, inputs as Record<string, unknown>, world),
    },
    'dynamodb-replicator',
    stack,
    preview,
  );
  const { result } = await withoutStrayFailures(async () => {
    const made = { result: await program() };
    await pulumi.runtime.disconnect();
    return made;
  });
  return {
    result,
    resources,
    only(type, nameEnd = '') {
      const found = resources.filter((one) => one.type === type && one.name.endsWith(nameEnd));
      if (found.length !== 1) throw new Error(`${found.length} of ${type} ${nameEnd}: ${listed(resources)}`);
      return (found[0] as Registration).inputs;
    },
    // Registrations arrive in no certain order.
    all: (type) =>
      resources.filter((one) => one.type === type).sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

/** What an output comes to. */
export function valueOf<Value>(output: pulumi.Output<Value> | undefined): Promise<Value> {
  return new Promise((resolve, reject) => {
    if (output === undefined) reject(new Error('there is no such output'));
    else
      void output.apply((value) => {
        resolve(value);
      });
  });
}

/** An output of which nothing is known before it is created. */
export function unknown<Value>(): pulumi.Output<Value> {
  const value = pulumi.output(undefined) as unknown as { isKnown: Promise<boolean> };
  value.isKnown = Promise.resolve(false);
  return value as unknown as pulumi.Output<Value>;
}

/** Marks of a secret on the wire. Source: Pulumi's resource protocol, "special signatures". */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** The value that is marked as a secret. @throws when it is none */
export function secretIn(input: unknown): unknown {
  const wrapped = input as Record<string, unknown> | undefined;
  if (wrapped?.[SIGNATURE] !== SECRET) throw new Error(`no secret: ${JSON.stringify(input)}`);
  return wrapped['value'];
}

/** Whether it is not known before something is created. */
export function isUnknown(input: unknown): boolean {
  return (input as { __pulumiUnknown?: boolean } | undefined)?.__pulumiUnknown === true;
}

/** An output that fails is told by Pulumi's runner as a stray rejection; here it is the outcome of the program. */
async function withoutStrayFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  let listener: ((reason: unknown) => void) | undefined;
  const stray = new Promise<never>((_, reject) => {
    listener = (reason) => {
      reject(withoutPrefix(reason instanceof Error ? reason : new Error(String(reason))));
    };
    process.on('unhandledRejection', listener);
  });
  try {
    const finished = await Promise.race([work(), stray]);
    // A rejection is told a turn after it happens.
    await Promise.race([new Promise((resolve) => setImmediate(resolve)), stray]);
    return finished;
  } catch (error) {
    // What waits for the failed output waits for ever; Pulumi would tell so at the end of all tests.
    (leakedPromises as () => unknown)();
    throw error;
  } finally {
    stray.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    process.removeAllListeners('unhandledRejection');
    for (const one of before) process.on('unhandledRejection', one);
  }
}

/** Pulumi writes before the message in which property it met the failure. */
function withoutPrefix(error: Error): Error {
  error.message = error.message.replace(/^(error serializing property "[^"]*": )+/, '');
  return error;
}

function listed(resources: readonly Registration[]): string {
  return resources.map(({ type, name }) => `${type} ${name}`).join(', ');
}
