import * as aws from '@pulumi/aws';
import { type ReportViolation, type ResourceValidationArgs, validateResourceOfType } from '@pulumi/policy';
import { matches } from '../../exceptions';
import { resourceRule } from '../../rule';

interface Config {
  readonly boundary: string;
}

/** A boundary is the organization's upper limit for a role. The configuration names it. */
export const permissionBoundary = resourceRule({
  name: 'iam-permission-boundary',
  description: 'Roles and users have the permissions boundary that the configuration names.',
  level: 'advisory',
  severity: 'medium',
  standards: { wellArchitected: ['SEC03-BP05'] },
  remedy: 'Set permissionsBoundary; in this package: access.permissionsBoundaryArn.',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html',
  config: {
    boundary: {
      type: 'string',
      description: 'ARN of the boundary; * matches any characters. Empty: no boundary is required.',
      default: '',
    },
  },
  validate: [
    validateResourceOfType(aws.iam.Role, ({ permissionsBoundary }, args, report) => {
      check(permissionsBoundary, args, report);
    }),
    validateResourceOfType(aws.iam.User, ({ permissionsBoundary }, args, report) => {
      check(permissionsBoundary, args, report);
    }),
  ],
});

function check(actual: string | undefined, args: ResourceValidationArgs, report: ReportViolation): void {
  const { boundary } = args.getConfig<Config>();
  if (boundary === '') return;
  if (actual === undefined) report(`it has no permissions boundary; expected ${boundary}`);
  else if (!matches(boundary, actual)) report(`its permissions boundary is ${actual}; expected ${boundary}`);
}
