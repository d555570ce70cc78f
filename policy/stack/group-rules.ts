import * as aws from '@pulumi/aws';
import {
  type ReportViolation,
  type ResourceValidation,
  type ResourceValidationArgs,
  validateResourceOfType,
} from '@pulumi/policy';
import { belongsToReplicator } from './replicators';

/** A rule of a security group, inline or as a resource of its own. */
export interface GroupRule {
  readonly direction: 'ingress' | 'egress';
  readonly description: string | undefined;
  /** `-1` or `all`: every protocol. */
  readonly protocol: string;
  readonly fromPort: number | undefined;
  readonly toPort: number | undefined;
  readonly cidrs: readonly string[];
}

/** A check of one rule. @param isReplicators whether the group or the rule belongs to a replicator */
export type GroupRuleCheck<Config> = (
  rule: GroupRule,
  config: Config,
  isReplicators: boolean,
) => readonly string[];

/** A rule inside a group, or as a resource of the older kind. */
export interface InlineRule {
  readonly description?: string;
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly ipv6CidrBlocks?: readonly string[];
}

interface SeparateRule {
  readonly description?: string;
  readonly ipProtocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
}

/** Applies a check to every rule, inside a group or as a resource of its own, and reports its findings. */
export function eachGroupRule<Config extends object>(
  check: GroupRuleCheck<Config>,
): readonly ResourceValidation[] {
  const examine = (rule: GroupRule, args: ResourceValidationArgs, report: ReportViolation) => {
    for (const finding of check(rule, args.getConfig<Config>(), belongsToReplicator(args))) report(finding);
  };
  return [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress = [], egress = [] }, args, report) => {
      const rules = [
        ...ingress.map((one) => inline('ingress', one)),
        ...egress.map((one) => inline('egress', one)),
      ];
      for (const rule of rules) examine(rule, args, report);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, args, report) => {
      examine(separate('ingress', rule), args, report);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupEgressRule, (rule, args, report) => {
      examine(separate('egress', rule), args, report);
    }),
    validateResourceOfType(aws.ec2.SecurityGroupRule, (rule, args, report) => {
      const direction = rule.type === 'ingress' ? 'ingress' : 'egress';
      examine(inline(direction, rule), args, report);
    }),
  ];
}

/** Whether a range contains all addresses. */
export function isAnywhere(cidr: string): boolean {
  return cidr === '0.0.0.0/0' || cidr === '::/0';
}

/** The ports in messages: `tcp 443`, `every port`. */
export function portsOf({ protocol, fromPort, toPort }: GroupRule): string {
  if (isEveryProtocol(protocol)) return 'every port';
  return fromPort === toPort ? `${protocol} ${fromPort}` : `${protocol} ${fromPort} to ${toPort}`;
}

export function isEveryProtocol(protocol: string): boolean {
  return protocol === '-1' || protocol === 'all';
}

function inline(direction: GroupRule['direction'], rule: InlineRule): GroupRule {
  return groupRule(direction, rule, rule.protocol, [
    ...(rule.cidrBlocks ?? []),
    ...(rule.ipv6CidrBlocks ?? []),
  ]);
}

function separate(direction: GroupRule['direction'], rule: SeparateRule): GroupRule {
  const cidrs = [rule.cidrIpv4, rule.cidrIpv6].filter((cidr) => cidr !== undefined);
  return groupRule(direction, rule, rule.ipProtocol, cidrs);
}

function groupRule(
  direction: GroupRule['direction'],
  { description, fromPort, toPort }: InlineRule | SeparateRule,
  protocol: string,
  cidrs: readonly string[],
): GroupRule {
  return { direction, description, protocol: String(protocol), fromPort, toPort, cidrs };
}
