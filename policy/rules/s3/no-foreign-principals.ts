import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { allowedBy, hasCondition, nameOf, type PolicyStatement } from '../../iam/document';
import { resourceRule } from '../../rule';

interface Config {
  readonly accounts: readonly string[];
}

/** Conditions that keep a principal to accounts one knows. */
const NARROWING = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalOrgID',
  'aws:SourceAccount',
  'aws:SourceArn',
];

/** Whoever is let in by a bucket's policy is let in whatever the roles say. */
export const noForeignPrincipals = resourceRule({
  name: 's3-no-foreign-principals',
  description: 'Policies of buckets let in accounts that the configuration names, and nobody else.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['S3.6'], checkov: ['CKV_AWS_70'], wellArchitected: ['SEC03-BP07'] },
  remedy:
    'Name the account in the configuration of this rule, or narrow the statement by a condition on aws:PrincipalOrgID.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6',
  config: {
    accounts: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9]{12}$' },
      description: 'Ids of accounts that may be let in.',
      default: [],
    },
  },
  validate: [
    validateResourceOfType(aws.s3.BucketPolicy, ({ policy }, args, report) => {
      const { accounts } = args.getConfig<Config>();
      allowedBy(policy).forEach((statement, index) => {
        for (const who of strangers(statement, accounts))
          report(`${nameOf(statement, index)} lets in ${who}`);
      });
    }),
  ],
});

function strangers(statement: PolicyStatement, accounts: readonly string[]): readonly string[] {
  if (NARROWING.some((key) => hasCondition(statement, key))) return [];
  if (statement.principals === '*') return ['everybody'];
  return Object.entries(statement.principals ?? {})
    .flatMap(([kind, who]) => (kind === 'AWS' ? who : who.map((one) => `${kind} ${one}`)))
    .filter((who) => !accounts.includes(/(?:^|::)(\d{12})(?::|$)/.exec(who)?.[1] ?? ''));
}
