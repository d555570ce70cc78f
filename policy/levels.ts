import type { EnforcementLevel, PolicyConfigSchema, ReportViolation } from '@pulumi/policy';

/** Setting of every rule: how it applies to resources that belong to no replicator. */
export interface OtherResources {
  /** Default: `advisory`. */
  readonly otherResources?: 'advisory' | 'same' | 'disabled';
}

export const OTHER_RESOURCES: PolicyConfigSchema['properties'] = {
  otherResources: {
    type: 'string',
    enum: ['advisory', 'same', 'disabled'],
    description: 'Level for resources that belong to no replicator; same: that of the rule.',
    default: 'advisory',
  },
};

/** A finding with a level of its own. */
export interface LeveledFinding {
  readonly message: string;
  readonly urn: string | undefined;
  readonly enforcementLevel: EnforcementLevel;
}

/**
 * How to report the findings in a resource. Pulumi's runner takes a finding's own level, which the types of @pulumi/policy 1.21 do not
 * declare. It then leaves out the rule's description, which begins the messages of all other findings.
 * @param isReplicators whether the resource belongs to a replicator
 * @returns `undefined` if they are not reported
 */
export function reportFor(
  isReplicators: boolean,
  { otherResources = 'advisory' }: OtherResources,
  report: ReportViolation,
  description: string,
): ReportViolation | undefined {
  if (isReplicators || otherResources === 'same') return report;
  if (otherResources === 'disabled') return undefined;
  const reportLeveled = report as unknown as (finding: LeveledFinding) => void;
  return (message, urn) => {
    reportLeveled({ message: `${description}\n${message}`, urn, enforcementLevel: 'advisory' });
  };
}

/** Whether a rule changes a resource, if it can remediate and its level is `remediate`. */
export function mayRemediate(isReplicators: boolean, { otherResources }: OtherResources): boolean {
  return isReplicators || otherResources === 'same';
}
