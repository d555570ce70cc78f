import type { PolicyComplianceFramework } from '@pulumi/policy';

/** The standards behind a rule. */
export interface Standards {
  /** Controls of AWS Foundational Security Best Practices, as Security Hub names them. */
  readonly securityHub?: readonly SecurityHubControl[];
  /** Checks of checkov that cover the same. */
  readonly checkov?: readonly string[];
  /** Best practices of the AWS Well-Architected Framework. */
  readonly wellArchitected: readonly [BestPractice, ...BestPractice[]];
}

/** Security Hub's titles. Source: prowler 5.46.0, aws_foundational_security_best_practices_aws.json. */
const SECURITY_HUB = {
  'DynamoDB.2': 'DynamoDB tables should have point-in-time recovery enabled',
  'DynamoDB.6': 'DynamoDB tables should have deletion protection enabled',
  'EC2.13': 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22',
  'EC2.18': 'Security groups should only allow unrestricted incoming traffic for authorized ports',
  'EC2.19': 'Security groups should not allow unrestricted access to ports with high risk',
  'ECR.1': 'ECR private repositories should have image scanning configured',
  'ECR.2': 'ECR private repositories should have tag immutability configured',
  'ECR.3': 'ECR repositories should have at least one lifecycle policy configured',
  'ECS.1': 'Amazon ECS task definitions should have secure networking modes and user definitions',
  'ECS.2': 'Amazon ECS services should not have public IP addresses assigned to them automatically',
  'ECS.3': "ECS task definitions should not share the host's process namespace",
  'ECS.4': 'ECS containers should run as non-privileged',
  'ECS.5': 'ECS containers should be limited to read-only access to root filesystems',
  'ECS.8': 'Secrets should not be passed as container environment variables',
  'ECS.9': 'ECS task definitions should have a logging configuration',
  'ECS.10': 'Fargate services should run on the latest Fargate platform version',
  'ECS.12': 'ECS clusters should have Container Insights enabled',
  'EFS.1': 'Amazon EFS should be configured to encrypt file data at rest using AWS KMS',
  'EFS.3': 'EFS access points should enforce a root directory',
  'EFS.4': 'EFS access points should enforce a user identity',
  'IAM.1': "IAM policies should not allow full '*' administrative privileges",
  'IAM.2': 'IAM users should not have IAM policies attached',
  'IAM.3': "IAM users' access keys should be rotated every 90 days or less",
  'IAM.8': 'Unused IAM user credentials should be removed',
  'IAM.21': 'IAM customer managed policies that you create should not allow wildcard actions for services',
  'IAM.22': 'IAM user credentials unused for 45 days should be removed',
  'KMS.1': 'IAM customer managed policies should not allow decryption actions on all KMS keys',
  'KMS.2': 'IAM principals should not have IAM inline policies that allow decryption actions on all KMS keys',
  'KMS.4': 'AWS KMS key rotation should be enabled',
  'KMS.5': 'KMS keys should not be publicly accessible',
  'S3.1': 'S3 Block Public Access setting should be enabled',
  'S3.2': 'S3 buckets should prohibit public read access',
  'S3.3': 'S3 buckets should prohibit public write access',
  'S3.5': 'S3 buckets should require requests to use Secure Socket Layer',
  'S3.6': 'Amazon S3 permissions granted to other AWS accounts in bucket policies should be restricted',
  'S3.8': 'S3 Block Public Access setting should be enabled at the bucket level',
  'S3.9': 'S3 bucket server access logging should be enabled',
  'S3.10': 'S3 buckets with versioning enabled should have lifecycle policies configured',
  'S3.12': 'S3 access control lists (ACLs) should not be used to manage user access to buckets',
  'S3.13': 'S3 buckets should have lifecycle policies configured',
  'S3.14': 'S3 general purpose buckets should have versioning enabled',
  'S3.17': 'S3 general purpose buckets should be encrypted at rest with AWS KMS keys',
  'SNS.1': 'SNS topics should be encrypted at rest using AWS KMS',
  'SQS.1': 'Amazon SQS queues should be encrypted at rest',
  'SecretsManager.1': 'Secrets Manager secrets should have automatic rotation enabled',
  'SecretsManager.4': 'Secrets Manager secrets should be rotated within a specified number of days',
} as const;

type SecurityHubControl = keyof typeof SECURITY_HUB;

/**
 * Titles of the Security and Reliability pillars as prowler 5.46.0 has them (aws_well_architected_framework_*.json); REL11,
 * OPS, COST and SUS as the framework's pages name them.
 */
const WELL_ARCHITECTED = {
  'COST02-BP05': 'Implement cost controls',
  'COST03-BP02': 'Add organization information to cost and usage',
  'OPS08-BP04': 'Create actionable alerts',
  'REL06-BP01': 'Monitor all components for the workload (Generation)',
  'REL09-BP03': 'Perform data backup automatically',
  'REL11-BP01': 'Monitor all components of the workload to detect failures',
  'SEC02-BP02': 'Use temporary credentials',
  'SEC02-BP03': 'Store and use secrets securely',
  'SEC02-BP05': 'Audit and rotate credentials periodically',
  'SEC02-BP06': 'Leverage user groups and attributes',
  'SEC03-BP02': 'Grant least privilege access',
  'SEC03-BP05': 'Define permission guardrails for your organization',
  'SEC03-BP07': 'Analyze public and cross-account access',
  'SEC04-BP01': 'Configure service and application logging',
  'SEC05-BP01': 'Create network layers',
  'SEC05-BP02': 'Control traffic at all layers',
  'SEC06-BP01': 'Perform vulnerability management',
  'SEC06-BP02': 'Reduce attack surface',
  'SEC06-BP05': 'Enable people to perform actions at a distance',
  'SEC06-BP06': 'Validate software integrity',
  'SEC07-BP04': 'Define data lifecycle management',
  'SEC08-BP01': 'Implement secure key management',
  'SEC08-BP02': 'Enforce encryption at rest',
  'SEC08-BP04': 'Enforce access control',
  'SEC09-BP02': 'Enforce encryption in transit',
  'SUS04-BP03': 'Use policies to manage the lifecycle of your datasets',
} as const;

type BestPractice = keyof typeof WELL_ARCHITECTED;

/** The framework that Pulumi shows with a finding: Security Hub's if it has a control, else Well-Architected. */
export function frameworkOf({ securityHub = [], wellArchitected }: Standards): PolicyComplianceFramework {
  const [control] = securityHub;
  const [practice] = wellArchitected;
  return control === undefined
    ? {
        name: 'AWS Well-Architected Framework',
        version: '2024-06-27',
        reference: practice,
        specification: WELL_ARCHITECTED[practice],
      }
    : {
        name: 'AWS Foundational Security Best Practices',
        version: '1.0.0',
        reference: control,
        specification: SECURITY_HUB[control],
      };
}

/** Every id as a searchable tag: `security-hub:ECS.2`. */
export function tagsOf({ securityHub = [], checkov = [], wellArchitected }: Standards): string[] {
  return [
    ...securityHub.map((id) => `security-hub:${id}`),
    ...checkov.map((id) => `checkov:${id}`),
    ...wellArchitected.map((id) => `well-architected:${id}`),
  ];
}
