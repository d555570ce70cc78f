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
import { mayRemediate, OTHER_RESOURCES, type OtherResources, reportFor } from './levels';
import { belongsToReplicator } from './stack/replicators';
import { frameworkOf, type Standards, tagsOf } from './standards';

/** Metadata that every rule has. */
export interface RuleText {
  /** `service-what`, the rule's key in a configuration. */
  readonly name: string;
  /** What is true if the rule is kept, in one sentence. */
  readonly description: string;
  /**
   * Default level: `mandatory` fails a preview, `advisory` only reports. A configuration may change it, also to `remediate` if the
   * rule has a remediation. It applies to replicators' resources; for others the rule is advisory by default.
   */
  readonly level: EnforcementLevel;
  readonly severity: Severity;
  readonly standards: Standards;
  /** What to do about a finding. */
  readonly remedy: string;
  /** Page that explains the rule. */
  readonly url: string;
  /** The rule's own settings, each with its default. Every rule also has those of `Shared`. */
  readonly config?: PolicyConfigSchema['properties'];
}

/** Settings that every rule has. */
interface Shared extends OtherResources {
  readonly exceptions?: readonly Exception[];
}

/** A setting for `config` that is a list of texts. */
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
  /** Fixes what is local and obvious, but never permissions. */
  readonly remediate?: ResourceRemediation;
}

/** A rule about one resource, by its inputs. If a value is unknown in a preview, Pulumi reports "can't run". */
export function resourceRule(text: ResourceRuleText): ResourceValidationPolicy {
  const { remediate } = text;
  return {
    ...commonOf(text),
    // Wrapped one by one: if one is for another type, Pulumi's runner continues with the next.
    validateResource: text.validate.map(
      (one): ResourceValidation =>
        (args, report) => {
          const config = { ...defaultsOf(text), ...args.getConfig<Shared>() };
          if (exceptionFor(args.urn, exceptionsOf(config)) !== undefined) return;
          const reportHere = reportFor(belongsToReplicator(args), config, report, text.description);
          if (reportHere === undefined) return;
          return one({ ...args, getConfig: <T>() => config as T }, reportHere);
        },
    ),
    ...(remediate && {
      remediateResource: (args) => {
        const config = { ...defaultsOf(text), ...args.getConfig<Shared>() };
        if (exceptionFor(args.urn, exceptionsOf(config)) !== undefined) return undefined;
        if (!mayRemediate(belongsToReplicator(args), config)) return undefined;
        return remediate({ ...args, getConfig: <T>() => config as T });
      },
    }),
  };
}

export interface StackRuleText extends RuleText {
  readonly validate: StackValidation;
}

/** A rule about all resources of a stack together. */
export function stackRule(text: StackRuleText): StackValidationPolicy {
  return {
    ...commonOf(text),
    validateStack: (args, report) => {
      const config = { ...defaultsOf(text), ...args.getConfig<Shared>() };
      const replicators = new Set(args.resources.filter(belongsToReplicator).map(({ urn }) => urn));
      return text.validate({ ...args, getConfig: <T>() => config as T }, (message, urn) => {
        if (urn !== undefined && exceptionFor(urn, exceptionsOf(config)) !== undefined) return;
        // A finding about the whole stack is about a replicator if the stack has one.
        const isReplicators = urn === undefined ? replicators.size > 0 : replicators.has(urn);
        reportFor(isReplicators, config, report, text.description)?.(message, urn);
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
    configSchema: { properties: { ...config, ...EXCEPTIONS, ...OTHER_RESOURCES } },
  };
}

/** Defaults of a rule's settings: Pulumi fills them in only for rules that are configured. */
function defaultsOf({ config = {} }: RuleText): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).map(([key, schema]) => [key, schema.default]));
}

function exceptionsOf({ exceptions = [] }: Shared): readonly Exception[] {
  return exceptions;
}
