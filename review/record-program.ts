import * as pulumi from '@pulumi/pulumi';
import { PROJECT } from '../infra/stack/package-schema';
import { computed } from './aws-decides';
import { answerCall, type ReadyPlace, readyWorld, type World } from './offline-aws';
import { withoutStrayFailures } from './stray-failures';
import { plain } from './wire';

/** One resource of a stack, as Pulumi's engine would get it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and what AWS decides. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export const ANY_ACCOUNT = '123456789012';

export interface Recording {
  readonly stack: string;
  readonly place?: ReadyPlace;
  readonly preview?: boolean;
}

/** What a program registers. @throws what the program throws, or what one of its outputs fails with */
export async function recordProgram(
  { stack, place = { account: ANY_ACCOUNT, region: 'eu-west-1' }, preview = false }: Recording,
  program: () => unknown,
): Promise<readonly RecordedResource[]> {
  const { registrations } = await runProgram({ stack, world: readyWorld(place), preview }, program);
  return registrations.map(({ type, name, urn, inputs, outputs }) => ({
    type,
    name,
    urn,
    inputs: plain(inputs) as RecordedResource['inputs'],
    outputs,
  }));
}

/** A resource that a program registered, with its inputs as the engine gets them: `wire.ts` looks into what is wrapped. */
export type Registration = RecordedResource;

export interface Run<Result> {
  readonly result: Result;
  /** By their URNs: they arrive in no certain order. */
  readonly registrations: readonly Registration[];
}

export interface Running {
  readonly stack: string;
  readonly world: World;
  /** As `pulumi preview`: what AWS decides is unknown. */
  readonly preview: boolean;
}

/**
 * Runs a program against mocks and waits until everything that it registers is registered. Pulumi has no such wait of its own
 * (pulumi/pulumi#6666), so this drains the queue of calls. The configuration that the program sets ends with it.
 * @throws what the program throws, or what one of its outputs fails with
 */
export async function runProgram<Result>(
  { stack, world, preview }: Running,
  program: () => Result | Promise<Result>,
): Promise<Run<Result>> {
  const registrations: Registration[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const state = inputs as Record<string, unknown>;
        const given = plain(state) as Record<string, unknown>;
        const decided = computed(type, name, given, world);
        const outputs: Record<string, unknown> = { id: idOf(name, given), ...given, ...decided };
        const urn = `urn:pulumi:${stack}::${PROJECT}::${type}::${name}`;
        registrations.push({ type, name, urn, inputs: state, outputs });
        if (!custom || preview) return { id: undefined, state };
        return { id: String(outputs['id']), state: { ...state, ...decided } };
      },
      call: ({ token, inputs }) => answerCall(token, inputs as Record<string, unknown>, world),
    },
    PROJECT,
    stack,
    preview,
  );
  try {
    const result = await withoutStrayFailures(async () => {
      const made = { result: await program() };
      await pulumi.runtime.disconnect();
      return made;
    });
    return { ...result, registrations: registrations.sort((one, other) => (one.urn < other.urn ? -1 : 1)) };
  } finally {
    pulumi.runtime.setAllConfig({});
    delete process.env['PULUMI_CONFIG_SECRET_KEYS'];
  }
}

/** Buckets are named by their ids. */
function idOf(name: string, inputs: Readonly<Record<string, unknown>>): string {
  return typeof inputs['bucket'] === 'string' ? inputs['bucket'] : `${name}-id`;
}
