import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { parse } from 'yaml';
import { PROJECT } from '../infra/stack/package-schema';
import { answerCall, computed, type Place } from './offline-aws';
import { readStackFile } from './stack-file';

/** One resource of a stack, as Pulumi's engine would get it. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs and what AWS decides. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface StackToRecord {
  /** Name of the stack. */
  readonly stack: string;
  /** Text of its file. */
  readonly file: string;
  /** Folder of the repository whose program it is; this one unless another is given. */
  readonly root?: string;
  /** As a preview, in which what AWS decides is not known. */
  readonly preview?: boolean;
}

const ANY_ACCOUNT = '123456789012';

/** What an unknown text is to a policy pack. Source: @pulumi/policy, `unknownStringValue`. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/**
 * The resources of this repository's stack with a configuration, without AWS and without Pulumi's engine.
 * @throws InvalidArguments of the program, with everything that is wrong with the configuration
 */
export async function recordStack({
  stack,
  file,
  root = join(__dirname, '..'),
  preview = false,
}: StackToRecord): Promise<readonly RecordedResource[]> {
  const { config, secrets, region = 'us-east-1' } = readStackFile(file);
  const place = {
    account: config[`${PROJECT}:accountId`] ?? ANY_ACCOUNT,
    region,
    ...networkOf(config[`${PROJECT}:network`]),
  };
  const { docker } = (await load(root, dockerOf(root))) as {
    docker: { silence(): string | undefined };
  };
  const { silence } = docker;
  // An image is not built here.
  docker.silence = () => undefined;
  try {
    return await recordProgram({ stack, place, preview }, async () => {
      pulumi.runtime.setAllConfig({ ...config }, [...secrets]);
      process.env['PULUMI_CONFIG_SECRET_KEYS'] = JSON.stringify(secrets);
      const program = (await load(root, programOf(root))) as () => Promise<unknown>;
      await program();
    });
  } finally {
    docker.silence = silence;
  }
}

/** The network is as the configuration has it. */
function networkOf(network: string | undefined): Pick<Place, 'subnetIds' | 'withoutEndpoints'> {
  const { subnetIds, endpoints } = JSON.parse(network ?? '{}') as {
    subnetIds?: readonly string[];
    endpoints?: string;
  };
  return { ...(subnetIds !== undefined && { subnetIds }), withoutEndpoints: endpoints === 'Create' };
}

/** The stack's program in a checkout of any commit, as its project names it. */
export function programOf(root: string): string {
  const project = parse(readFileSync(join(root, 'Pulumi.yaml'), 'utf8')) as { readonly main: string };
  return project.main;
}

/** Where a checkout asks whether there is a Docker: 0.1.0 has it at the top of `infra/`. */
function dockerOf(root: string): string {
  const file = 'infra/components/docker.ts';
  return existsSync(join(root, file)) ? file : 'infra/docker.ts';
}

function load(root: string, file: string): Promise<unknown> {
  // oxlint-disable-next-line typescript/no-require-imports -- the folder is known at run time only
  return Promise.resolve(require(join(root, file)) as unknown);
}

export interface Recording {
  readonly stack: string;
  readonly place?: Place;
  readonly preview?: boolean;
}

/** What a program registers. @throws what the program throws */
export async function recordProgram(
  { stack, place = { account: ANY_ACCOUNT, region: 'eu-west-1' }, preview = false }: Recording,
  program: () => unknown,
): Promise<readonly RecordedResource[]> {
  const resources: RecordedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, custom }) => {
        const given = plain(inputs) as Record<string, unknown>;
        const outputs: Record<string, unknown> = {
          id: idOf(name, given),
          ...given,
          ...computed(type, name, given, place),
        };
        resources.push({
          type,
          name,
          urn: `urn:pulumi:${stack}::${PROJECT}::${type}::${name}`,
          inputs: given,
          outputs,
        });
        const state = inputs as Record<string, unknown>;
        if (!custom || preview) return { id: undefined, state };
        return { id: String(outputs['id']), state: { ...state, ...computed(type, name, given, place) } };
      },
      call: ({ token, inputs }) => answerCall(token, inputs as Record<string, unknown>, place),
    },
    PROJECT,
    stack,
    preview,
  );
  try {
    await program();
    await pulumi.runtime.disconnect();
  } finally {
    pulumi.runtime.setAllConfig({});
    delete process.env['PULUMI_CONFIG_SECRET_KEYS'];
  }
  // Registrations arrive in no certain order.
  return resources.sort((one, other) => (one.urn < other.urn ? -1 : 1));
}

/** Buckets are named by their ids. */
function idOf(name: string, inputs: Readonly<Record<string, unknown>>): string {
  return typeof inputs['bucket'] === 'string' ? inputs['bucket'] : `${name}-id`;
}

/** Marks of a secret on the wire. Source: Pulumi's resource protocol, "special signatures". */
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** As a policy sees it: secrets without their marks, what is not known as such, and nothing that is `undefined`. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ((value as { __pulumiUnknown?: boolean }).__pulumiUnknown === true) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  const entries = Object.entries(value);
  if ((value as Record<string, unknown>)[SIGNATURE] === SECRET)
    return plain((value as Record<string, unknown>)['value']);
  return Object.fromEntries(
    entries.filter(([, inner]) => inner !== undefined).map(([key, inner]) => [key, plain(inner)]),
  );
}
