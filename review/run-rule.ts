import type * as sdk from '@pulumi/policy';
import type {
  EnforcementLevel,
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from '@pulumi/policy';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { LeveledFinding } from '../policy/levels';
import type { RecordedResource } from './record-program';

/** The copy that the pack itself loads: its own if installed, else the repository's. */
const { unknownCheckingProxy, UnknownValueError } = createRequire(join(__dirname, '../policy/index.ts'))(
  '@pulumi/policy',
) as typeof sdk;

/** Runs rules as Pulumi's runner does, on resources of a recorded stack or on made-up ones. */

export type AnyRule = ResourceValidationPolicy | StackValidationPolicy;

/** A resource to check. Rules about a resource see its inputs, rules about a stack the outputs. */
export interface Examined extends RecordedResource {
  /** Property → URNs of the resources that its value comes from. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
  readonly provider?: ResourceValidationArgs['provider'];
}

export interface Finding {
  readonly urn: string | undefined;
  readonly message: string;
  /** Level of this finding, if it is not the rule's. */
  readonly level?: EnforcementLevel;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  /** Messages about what could not be checked in a preview. */
  readonly unknown: readonly string[];
}

const OPTIONS = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
} satisfies PolicyResource['opts'];

/** Runs a rule on resources. @param config of this rule, as in a configuration file */
export async function runRule(
  rule: AnyRule,
  resources: readonly Examined[],
  config: object = {},
): Promise<Outcome> {
  const findings: Finding[] = [];
  const unknown: string[] = [];
  const guarded = async (urn: string | undefined, work: (report: Report) => unknown) => {
    try {
      await work((reported, about) => {
        findings.push({ ...findingOf(reported, about, rule), ...(urn !== undefined && { urn }) });
      });
    } catch (error) {
      if (error instanceof NotApplicable) return;
      if (!(error instanceof UnknownValueError)) throw error;
      unknown.push((error as Error).message);
    }
  };
  if ('validateStack' in rule) {
    const seen = stackOf(resources);
    await guarded(undefined, (report) =>
      rule.validateStack(
        {
          resources: seen,
          stackTags: new Map(),
          getConfig: <T>() => config as T,
          notApplicable: refuse,
        },
        report,
      ),
    );
    return { findings, unknown };
  }
  for (const one of resources)
    for (const validate of [rule.validateResource ?? []].flat())
      await guarded(one.urn, (report) => validate(argsOf(one, config), report));
  return { findings, unknown };
}

/** As the runner takes them: a text, or a finding with a level of its own. */
type Report = (reported: string | LeveledFinding, urn?: string) => void;

function findingOf(reported: string | LeveledFinding, about: string | undefined, rule: AnyRule): Finding {
  if (typeof reported === 'string') return { urn: about, message: reported };
  const { message, urn, enforcementLevel: level } = reported;
  // Such a message begins with the rule's description.
  return { urn, message: message.slice(`${rule.description}\n`.length), level };
}

/** The resource's properties after a rule's remediation; `undefined` if the rule leaves it unchanged. */
export async function remediated(
  rule: AnyRule,
  resource: Examined,
  config: object = {},
): Promise<Record<string, unknown> | undefined> {
  if (!('remediateResource' in rule) || rule.remediateResource === undefined)
    throw new Error(`${rule.name} has no remediation`);
  const fixed: unknown = await rule.remediateResource(argsOf(resource, config));
  if (fixed === undefined) return undefined;
  // The engine gets plain values, not the proxies that they were read through.
  return JSON.parse(JSON.stringify(fixed)) as Record<string, unknown>;
}

function argsOf(one: Examined, config: object): ResourceValidationArgs {
  const { provider } = one;
  return {
    ...seen(one, one.inputs),
    stackTags: new Map(),
    getConfig: <T>() => config as T,
    notApplicable: refuse,
    ...(provider && {
      provider: {
        ...provider,
        props: unknownCheckingProxy({ ...provider.props }) as Record<string, unknown>,
      },
    }),
  };
}

function stackOf(resources: readonly Examined[]): PolicyResource[] {
  const all = resources.map(
    (one): PolicyResource => ({ ...seen(one, one.outputs), dependencies: [], propertyDependencies: {} }),
  );
  resources.forEach(({ sources = {} }, index) => {
    for (const [property, urns] of Object.entries(sources))
      (all[index] as PolicyResource).propertyDependencies[property] = all.filter(({ urn }) =>
        urns.includes(urn),
      );
  });
  return all;
}

/** A resource as every rule sees it. @param properties the properties that the rule may read */
function seen({ type, name, urn }: Examined, properties: Examined['inputs']) {
  const props = unknownCheckingProxy({ ...properties }) as Record<string, unknown>;
  const isType = (kind: object) => tokenOf(kind) === type;
  const asType = (<Kind>(kind: object) =>
    isType(kind) ? (props as Kind) : undefined) as ResourceValidationArgs['asType'] &
    PolicyResource['asType'];
  return { type, name, urn, props, opts: OPTIONS, isType, asType };
}

function tokenOf(kind: object): string {
  return (kind as { __pulumiType: string }).__pulumiType;
}

/** The check is for resources of another type. */
class NotApplicable extends Error {}

function refuse(reason?: string): never {
  throw new NotApplicable(reason);
}
