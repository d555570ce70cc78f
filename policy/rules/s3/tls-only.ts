import * as aws from '@pulumi/aws';
import { type PolicyStatement, statementsOf } from '../../iam/document';
import { stackRule } from '../../rule';
import { bucketsOf, settingsOf } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

/** S3 answers over plain HTTP unless its bucket's policy denies it. */
export const tlsOnly = stackRule({
  name: 's3-tls-only',
  description: 'Every bucket denies requests without TLS.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['S3.5'], wellArchitected: ['SEC09-BP02'] },
  remedy:
    'Add an aws.s3.BucketPolicy that denies s3:* to everyone on the bucket and its objects if aws:SecureTransport is false.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html#example-bucket-policies-HTTP-HTTPS',
  validate: (args, report) => {
    eachKnown(bucketsOf(args), (bucket) => {
      const policies = settingsOf(bucket, aws.s3.BucketPolicy, args);
      const statements = policies.flatMap(({ props }) => statementsOf(props['policy']));
      if (!statements.some(deniesPlain))
        report(`the policy of bucket ${bucket.name} does not deny requests without TLS`, bucket.urn);
    });
  },
});

function deniesPlain({ effect, principals, actions, conditions }: PolicyStatement): boolean {
  return (
    effect === 'Deny' &&
    principals === '*' &&
    actions.some((action) => action === 's3:*' || action === '*') &&
    (conditions['Bool']?.['aws:securetransport'] ?? []).includes('false')
  );
}
