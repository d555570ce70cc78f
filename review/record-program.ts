import * as pulumi from '@pulumi/pulumi';
import { PROJECT } from '../infra/stack/package-schema';
import { computed } from './aws-decides';
import { useEngineUrns } from './engine-urns';
import { labelOf } from './label';
import { answerCall, type ReadyPlace, readyWorld, withTables, type World } from './offline-aws';
import { withoutStrayFailures } from './stray-failures';
import { plain } from './wire';

/** A resource of a stack, as Pulumi's engine would receive it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs, and the values that AWS sets. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export const ANY_ACCOUNT = '123456789012';

export interface Recording {
  readonly stack: string;
  readonly place?: ReadyPlace;
  readonly preview?: boolean;
}

/** What a program registers and looks up. */
export interface RecordedProgram {
  readonly resources: readonly RecordedResource[];
  readonly lookups: readonly Lookup[];
}

/** The resources that a program registers. @throws the error of the program or of one of its outputs */
export async function recordProgram(
  recording: Recording,
  program: () => unknown,
): Promise<readonly RecordedResource[]> {
  return (await recordWhole(recording, program)).resources;
}

/** The resources that a program registers, and its lookups. @throws the error of the program or of one of its outputs */
export async function recordWhole(
  { stack, place = { account: ANY_ACCOUNT, region: 'eu-west-1' }, preview = false }: Recording,
  program: () => unknown,
): Promise<RecordedProgram> {
  const { registrations, lookups } = await runProgram({ stack, world: readyWorld(place), preview }, program);
  const resources = registrations.map(({ type, name, urn, inputs, outputs }) => ({
    type,
    name,
    urn,
    inputs: plain(inputs) as RecordedResource['inputs'],
    outputs,
  }));
  return { resources, lookups };
}

/** A call of a function of a provider, such as `aws:s3/getBucket:getBucket`. */
export interface Lookup {
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A registered resource, with its inputs as the engine receives them; `wire.ts` unwraps them. */
export type Registration = RecordedResource;

export interface Run<Result> {
  readonly result: Result;
  /** Sorted by type and name, as they arrive in no defined order. */
  readonly registrations: readonly Registration[];
  /** In the order of the calls. */
  readonly lookups: readonly Lookup[];
}

export interface Running {
  readonly stack: string;
  readonly world: World;
  /** As in `pulumi preview`: values that AWS sets are unknown. */
  readonly preview: boolean;
  /** With `preview`: all resources exist, so only values that they do not have are unknown. */
  readonly deployed?: boolean;
}

/**
 * Runs a program against mocks and waits until all its resources are registered. Pulumi has no function for that
 * (pulumi/pulumi#6666), so this drains the queue of calls. The configuration that the program sets is cleared afterwards.
 * @throws the error of the program or of one of its outputs
 */
export async function runProgram<Result>(
  { stack, world, preview, deployed = false }: Running,
  program: () => Result | Promise<Result>,
): Promise<Run<Result>> {
  const registrations: Registration[] = [];
  const lookups: Lookup[] = [];
  let urnOfCurrent = () => '';
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const state = inputs as Record<string, unknown>;
        const given = plain(state) as Record<string, unknown>;
        const decided = computed(type, name, given, world);
        const outputs: Record<string, unknown> = { id: idOf(name, given), ...given, ...decided };
        registrations.push({ type, name, urn: urnOfCurrent(), inputs: state, outputs });
        if (!custom || (preview && !deployed)) return { id: undefined, state };
        return { id: String(outputs['id']), state: { ...state, ...decided } };
      },
      call: ({ token, inputs }) => {
        lookups.push({ token, inputs: inputs as Lookup['inputs'] });
        const tables = registrations.filter(({ type }) => type === 'aws:dynamodb/table:Table');
        const known = withTables(
          world,
          tables.map(({ outputs }) => outputs),
        );
        return answerCall(token, inputs as Record<string, unknown>, known);
      },
    },
    PROJECT,
    stack,
    preview,
  );
  urnOfCurrent = useEngineUrns();
  try {
    const result = await withoutStrayFailures(async () => {
      const made = { result: await program() };
      await pulumi.runtime.disconnect();
      return made;
    });
    return { ...result, registrations: registrations.sort(byLabel), lookups };
  } finally {
    pulumi.runtime.setAllConfig({});
    delete process.env['PULUMI_CONFIG_SECRET_KEYS'];
  }
}

function byLabel(one: Registration, other: Registration): number {
  return labelOf(one.urn) < labelOf(other.urn) ? -1 : 1;
}

/** The id of a bucket is its name. */
function idOf(name: string, inputs: Readonly<Record<string, unknown>>): string {
  return typeof inputs['bucket'] === 'string' ? inputs['bucket'] : `${name}-id`;
}
