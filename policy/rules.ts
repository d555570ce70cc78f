import type { Policies } from '@pulumi/policy';
import { deletionProtection } from './rules/dynamodb/deletion-protection';
import { tableEncryption } from './rules/dynamodb/encryption-kms';
import { pitr } from './rules/dynamodb/pitr';
import { streamViewType } from './rules/dynamodb/stream-view-type';
import { immutableTags } from './rules/ecr/immutable-tags';
import { repositoryLifecycle } from './rules/ecr/lifecycle';
import { scanOnPush } from './rules/ecr/scan-on-push';
import { awsvpc } from './rules/ecs/awsvpc';
import { containerInsights } from './rules/ecs/container-insights';
import { execOff } from './rules/ecs/exec-off';
import { fargateSizeCap } from './rules/ecs/fargate-size-cap';
import { imageByDigest } from './rules/ecs/image-by-digest';
import { latestPlatform } from './rules/ecs/latest-platform';
import { logRetention } from './rules/ecs/log-retention';
import { logging } from './rules/ecs/logging';
import { noHostPid } from './rules/ecs/no-host-pid';
import { noPublicIp } from './rules/ecs/no-public-ip';
import { nonPrivileged } from './rules/ecs/non-privileged';
import { nonRootUser } from './rules/ecs/non-root-user';
import { readonlyRoot } from './rules/ecs/readonly-root';
import { secretsNotEnv } from './rules/ecs/secrets-not-env';
import { singleWriter } from './rules/ecs/single-writer';
import { spotNonProduction } from './rules/ecs/spot-non-production';
import { accessKeyAge } from './rules/iam/access-key-age';
import { arnMatchesAction } from './rules/iam/arn-matches-action';
import { execRoleDiffersFromTaskRole } from './rules/iam/exec-role-differs-from-task-role';
import { noLongLivedKey } from './rules/iam/no-long-lived-key';
import { noUserAttachedPolicy } from './rules/iam/no-user-attached-policy';
import { noWildcardAction } from './rules/iam/no-wildcard-action';
import { noWildcardResource } from './rules/iam/no-wildcard-resource';
import { permissionBoundary } from './rules/iam/permission-boundary';
import { trustOnlyEcsTasks } from './rules/iam/trust-only-ecs-tasks';
import { alarmActionsEnabled } from './rules/monitoring/alarm-actions-enabled';
import { snsEncrypted } from './rules/monitoring/sns-encrypted';
import { sqsEncrypted } from './rules/monitoring/sqs-encrypted';
import { streamConsumerAlarms } from './rules/monitoring/stream-consumer-alarms';
import { described } from './rules/network/described';
import { egressLimited } from './rules/network/egress-limited';
import { noOpenIngress } from './rules/network/no-open-ingress';
import { abortMultipart } from './rules/s3/abort-multipart';
import { accessLogging } from './rules/s3/access-logging';
import { encryption } from './rules/s3/encryption';
import { encryptionKms } from './rules/s3/encryption-kms';
import { lifecycleExpiry } from './rules/s3/lifecycle-expiry';
import { noForeignPrincipals } from './rules/s3/no-foreign-principals';
import { ownerEnforced } from './rules/s3/owner-enforced';
import { publicAccessBlock } from './rules/s3/public-access-block';
import { publicAccessBlockExists } from './rules/s3/public-access-block-exists';
import { tlsOnly } from './rules/s3/tls-only';
import { versioning } from './rules/s3/versioning';
import { costCap } from './rules/stack/cost-cap';
import { oneReplicatorPerTable } from './rules/stack/one-replicator-per-table';
import { requiredTags } from './rules/stack/required-tags';
import { efsAccessPoint } from './rules/storage/efs-access-point';
import { efsEncrypted } from './rules/storage/efs-encrypted';
import { efsTls } from './rules/storage/efs-tls';
import { kmsKeyNotPublic } from './rules/storage/kms-key-not-public';
import { kmsKeyRotation } from './rules/storage/kms-key-rotation';
import { secretsRotation } from './rules/storage/secrets-rotation';

/** All rules, by service. */
export const RULES: Policies = [
  deletionProtection,
  tableEncryption,
  pitr,
  streamViewType,
  immutableTags,
  repositoryLifecycle,
  scanOnPush,
  awsvpc,
  containerInsights,
  execOff,
  fargateSizeCap,
  imageByDigest,
  latestPlatform,
  logRetention,
  logging,
  noHostPid,
  noPublicIp,
  nonPrivileged,
  nonRootUser,
  readonlyRoot,
  secretsNotEnv,
  singleWriter,
  spotNonProduction,
  accessKeyAge(),
  arnMatchesAction,
  execRoleDiffersFromTaskRole,
  noLongLivedKey,
  noUserAttachedPolicy,
  noWildcardAction,
  noWildcardResource,
  permissionBoundary,
  trustOnlyEcsTasks,
  alarmActionsEnabled,
  snsEncrypted,
  sqsEncrypted,
  streamConsumerAlarms,
  described,
  egressLimited,
  noOpenIngress,
  abortMultipart,
  accessLogging,
  encryption,
  encryptionKms,
  lifecycleExpiry,
  noForeignPrincipals,
  ownerEnforced,
  publicAccessBlock,
  publicAccessBlockExists,
  tlsOnly,
  versioning,
  costCap,
  oneReplicatorPerTable,
  requiredTags,
  efsAccessPoint,
  efsEncrypted,
  efsTls,
  kmsKeyNotPublic,
  kmsKeyRotation,
  secretsRotation,
];
