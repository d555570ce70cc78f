import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { allowedBy, hasCondition, nameOf, type PolicyStatement } from '../../iam/document';
import { resourceRule } from '../../rule';

interface Config {
  readonly accounts: readonly string[];
}

/** Conditions that limit a principal to known accounts. */
const NARROWING = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalOrgID',
  'aws:SourceAccount',
  'aws:SourceArn',
];

/** A bucket's policy grants access regardless of the caller's own policies. */
export const noForeignPrincipals = resourceRule({
  name: 's3-no-foreign-principals',
  description: 'Bucket policies grant access only to accounts that the configuration names.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['S3.6'], checkov: ['CKV_AWS_70'], wellArchitected: ['SEC03-BP07'] },
  remedy:
    'Add the account to the configuration of this rule, or limit the statement by a condition on aws:PrincipalOrgID.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6',
  config: {
    accounts: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9]{12}$' },
      description: 'Ids of accounts that may get access.',
      default: [],
    },
  },
  validate: [
    validateResourceOfType(aws.s3.BucketPolicy, ({ policy }, args, report) => {
      const { accounts } = args.getConfig<Config>();
      allowedBy(policy).forEach((statement, index) => {
        for (const who of strangers(statement, accounts))
          report(`${nameOf(statement, index)} grants access to ${who}`);
      });
    }),
  ],
});

function strangers(statement: PolicyStatement, accounts: readonly string[]): readonly string[] {
  if (NARROWING.some((key) => hasCondition(statement, key))) return [];
  if (statement.principals === '*') return ['everyone'];
  return Object.entries(statement.principals ?? {})
    .flatMap(([kind, who]) => (kind === 'AWS' ? who : who.map((one) => `${kind} ${one}`)))
    .filter((who) => !accounts.includes(/(?:^|::)(\d{12})(?::|$)/.exec(who)?.[1] ?? ''));
}
