import * as aws from '@pulumi/aws';
import { type ResourceValidation, validateResourceOfType } from '@pulumi/policy';
import { allowedBy, nameOf, type PolicyStatement } from './document';

/** What a rule says of one statement that allows something: its findings. */
export type StatementCheck<Config> = (statement: PolicyStatement, config: Config) => readonly string[];

/**
 * One look at every policy of an identity, in whatever resource it stands: managed, or inline in a role, user or group. A
 * role's trust and the policies of buckets and keys are others.
 */
export function eachStatement<Config extends object>(
  check: StatementCheck<Config>,
): readonly ResourceValidation[] {
  const look = (document: unknown, config: Config, report: (message: string) => void) => {
    allowedBy(document).forEach((statement, index) => {
      for (const finding of check(statement, config)) report(`${nameOf(statement, index)}: ${finding}`);
    });
  };
  return [
    validateResourceOfType(aws.iam.Policy, ({ policy }, args, report) => {
      look(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.RolePolicy, ({ policy }, args, report) => {
      look(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.UserPolicy, ({ policy }, args, report) => {
      look(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.GroupPolicy, ({ policy }, args, report) => {
      look(policy, args.getConfig<Config>(), report);
    }),
    validateResourceOfType(aws.iam.Role, ({ inlinePolicies }, args, report) => {
      for (const { policy } of inlinePolicies ?? []) {
        if (policy !== undefined) look(policy, args.getConfig<Config>(), report);
      }
    }),
  ];
}
