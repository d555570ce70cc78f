import type {
  EnforcementLevel,
  Policy,
  PolicyConfigSchema,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationPolicy,
  Severity,
  StackValidation,
  StackValidationPolicy,
} from '@pulumi/policy';
import { EXCEPTIONS, type Exception, exceptionFor } from './exceptions';
import { frameworkOf, type Standards, tagsOf } from './standards';

/** What every rule says of itself. */
export interface RuleText {
  /** `service-what`, as one writes it in a configuration. */
  readonly name: string;
  /** What holds where the rule is kept: one sentence. */
  readonly description: string;
  /** `mandatory` fails a preview, `advisory` is told; a configuration may say otherwise, also `remediate` where it can. */
  readonly level: EnforcementLevel;
  readonly severity: Severity;
  readonly standards: Standards;
  /** What to do about a finding. */
  readonly remedy: string;
  /** Where the reason stands. */
  readonly url: string;
  /** What can be set of it, each with its default. `exceptions` every rule has. */
  readonly config?: PolicyConfigSchema['properties'];
}

/** For `config`: a list of texts. */
export function texts(description: string, byDefault: readonly string[]) {
  return {
    type: 'array' as const,
    items: { type: 'string' as const },
    description,
    default: byDefault,
  };
}

export interface ResourceRuleText extends RuleText {
  /** One for each type of resource, by `validateResourceOfType`. */
  readonly validate: readonly ResourceValidation[];
  /** Mends what is local and obvious; never rights. */
  readonly remediate?: ResourceRemediation;
}

/** A rule about one resource, by its inputs. A value that is not known in a preview is told by Pulumi as "can't run". */
export function resourceRule(text: ResourceRuleText): ResourceValidationPolicy {
  const { remediate } = text;
  return {
    ...commonOf(text),
    // One by one: Pulumi's runner goes on with the next where one is for another type.
    validateResource: text.validate.map(
      (one): ResourceValidation =>
        (args, report) => {
          const config = { ...defaultsOf(text), ...args.getConfig<object>() };
          if (exceptionFor(args.urn, exceptionsOf(config)) !== undefined) return;
          return one({ ...args, getConfig: <T>() => config as T }, report);
        },
    ),
    ...(remediate && {
      remediateResource: (args) => {
        const config = { ...defaultsOf(text), ...args.getConfig<object>() };
        if (exceptionFor(args.urn, exceptionsOf(config)) !== undefined) return undefined;
        return remediate({ ...args, getConfig: <T>() => config as T });
      },
    }),
  };
}

export interface StackRuleText extends RuleText {
  readonly validate: StackValidation;
}

/** A rule about resources together. */
export function stackRule(text: StackRuleText): StackValidationPolicy {
  return {
    ...commonOf(text),
    validateStack: (args, report) => {
      const config = { ...defaultsOf(text), ...args.getConfig<object>() };
      return text.validate({ ...args, getConfig: <T>() => config as T }, (message, urn) => {
        if (urn === undefined || exceptionFor(urn, exceptionsOf(config)) === undefined) report(message, urn);
      });
    },
  };
}

function commonOf({ name, description, level, severity, standards, remedy, url, config }: RuleText): Policy {
  return {
    name,
    description,
    enforcementLevel: level,
    severity,
    framework: frameworkOf(standards),
    tags: tagsOf(standards),
    remediationSteps: remedy,
    url,
    configSchema: { properties: { ...config, ...EXCEPTIONS } },
  };
}

/** Pulumi fills defaults in only for rules that are configured. */
function defaultsOf({ config = {} }: RuleText): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).map(([key, schema]) => [key, schema.default]));
}

function exceptionsOf(config: object): readonly Exception[] {
  return (config as { exceptions?: readonly Exception[] }).exceptions ?? [];
}
