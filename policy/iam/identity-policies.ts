import * as aws from '@pulumi/aws';
import { type ResourceValidation, validateResourceOfType } from '@pulumi/policy';
import { allowedBy, nameOf, type PolicyStatement } from './document';

/** A rule's findings for one statement that allows something. */
export type StatementCheck<Config> = (statement: PolicyStatement, config: Config) => readonly string[];

/**
 * Applies a check to every identity policy: managed, or inline in a role, user or group. Trust policies and the policies of
 * buckets and keys are not identity policies.
 */
export function eachStatement<Config extends object>(
  check: StatementCheck<Config>,
): readonly ResourceValidation[] {
  const examine = (document: unknown, config: Config, report: (message: string) => void) => {
    allowedBy(document).forEach((statement, index) => {
      for (const finding of check(statement, config)) report(`${nameOf(statement, index)}: ${finding}`);
    });
  };
  return [
    validateResourceOfType(aws.iam.Policy, ({ policy }, args, report) => {
      examine(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.RolePolicy, ({ policy }, args, report) => {
      examine(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.UserPolicy, ({ policy }, args, report) => {
      examine(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.GroupPolicy, ({ policy }, args, report) => {
      examine(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.Role, ({ inlinePolicies }, args, report) => {
      for (const { policy } of inlinePolicies ?? []) {
        if (policy !== undefined) examine(policy, args.getConfig<Config>(), report);
      }
    }),
  ];
}
