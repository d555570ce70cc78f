import type { ServiceAccountSettings } from './arguments/access';
import type { ExportBucketArgs } from './arguments/bucket';
import { TableManagement } from './arguments/choices';
import type { Destination, PostgresDestination } from './arguments/destination';
import type { ImageArgs } from './arguments/image';
import type { MonitoringSettings } from './arguments/monitoring';
import type { NetworkArgs } from './arguments/network';
import type { TaskSettings } from './arguments/service';
import type { SourceTableArgs } from './arguments/table';
import type { ArgumentProblem } from './errors';
import { sizeProblem } from './fargate-size';

/**
 * Arguments that cannot be used: one function a rule or group of rules, each with its exact words. They look at what is
 * known when the program runs; what an output brings later is looked at where it is used.
 */

type Problems = readonly ArgumentProblem[];

/** Collects what holds. */
function problems(
  ...rules: readonly (readonly [holds: boolean, argument: string, problem: string])[]
): Problems {
  return rules.filter(([holds]) => holds).map(([, argument, problem]) => ({ argument, problem }));
}

/** Puts the argument's path before each. */
export function under(path: string, found: Problems): Problems {
  return found.map(({ argument, problem }) => ({ argument: `${path}.${argument}`, problem }));
}

/** How many of the values are given. */
function given(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length;
}

/** Source: DynamoDB API, CreateTable, `TableName`. */
const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/;

export function sourceTableProblems(args: SourceTableArgs): Problems {
  const management = args.management ?? TableManagement.Verify;
  const isManaged = management === TableManagement.Managed;
  const isEnabled = management === TableManagement.Enable;
  return problems(
    [
      !TABLE_NAME.test(args.name),
      'name',
      'expected a table name of 3 to 255 letters, digits, _ . - (not an ARN)',
    ],
    [
      isManaged && given(args.table, args.create) !== 1,
      'management',
      'Managed needs either table, a table of this program, or create, a table to be created',
    ],
    [!isManaged && args.table !== undefined, 'table', 'is for management: Managed'],
    [!isManaged && args.create !== undefined, 'create', 'is for management: Managed'],
    [!isEnabled && args.replaceExistingStream === true, 'replaceExistingStream', 'is for management: Enable'],
    [!isEnabled && args.onDestroy !== undefined, 'onDestroy', 'is for management: Enable'],
    [
      args.accountId !== undefined && management !== TableManagement.Verify,
      'accountId',
      'tables of another account are managed there: leave management out',
    ],
  );
}

export function tablesProblems(tables: readonly SourceTableArgs[]): Problems {
  const names = tables.map(({ name }) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  return [
    ...problems([tables.length === 0, 'tables', 'name at least one table']),
    ...repeated.map((name) => ({ argument: 'tables', problem: `${name} is named more than once` })),
    ...tables.flatMap((table, index) => under(`tables[${index}]`, sourceTableProblems(table))),
  ];
}

export function bucketProblems(args: ExportBucketArgs): Problems {
  const exists = args.existingBucketName !== undefined;
  const forNew = (value: unknown, argument: string) =>
    [
      exists && value !== undefined,
      argument,
      'is for a bucket that is created here, and existingBucketName names one that exists: leave out one of the two',
    ] as const;
  return problems(
    forNew(args.expirationDays, 'expirationDays'),
    forNew(args.forceDestroy, 'forceDestroy'),
    forNew(args.writerRoleArns, 'writerRoleArns'),
    [
      !exists && args.existingBucketOwner !== undefined,
      'existingBucketOwner',
      'is for a bucket that exists: name it with existingBucketName',
    ],
    [
      args.prefix !== undefined && !/^[^/\s](?:[^\s]*[^/\s])?$/.test(args.prefix),
      'prefix',
      'expected a folder without slashes at its ends, such as replicator/dev',
    ],
    [
      args.expirationDays !== undefined &&
        !(Number.isInteger(args.expirationDays) && args.expirationDays >= 2),
      'expirationDays',
      'expected whole days, at least 2: a load that was interrupted needs its export again',
    ],
  );
}

export function destinationProblems({ postgres, duckdb }: Destination): Problems {
  if (duckdb !== undefined) {
    return problems([
      true,
      'destination.duckdb',
      'a DuckDB file cannot be kept by a service: the disk of a Fargate task is gone with it, and on a shared file system ' +
        'its lock fails. Use destination.postgres, or run dynamodb-replicator run --to FILE.duckdb on a machine of your own',
    ]);
  }
  if (postgres === undefined)
    return problems([true, 'destination.postgres', 'say which PostgreSQL server the rows go to']);
  return under('destination.postgres', postgresProblems(postgres));
}

export function postgresProblems(postgres: PostgresDestination): Problems {
  const { host, user, database, port, password, passwordSecretArn, url, urlSecretArn } = postgres;
  const isWholeAddress = url !== undefined || urlSecretArn !== undefined;
  const inAddress = (value: unknown, argument: string) =>
    [isWholeAddress && value !== undefined, argument, 'stands in the address already'] as const;
  return problems(
    [!isWholeAddress && host === undefined, 'host', 'is needed, such as warehouse.internal'],
    [
      given(password, passwordSecretArn, url, urlSecretArn) > 1,
      'password',
      'the password comes from more than one of password, passwordSecretArn, url, urlSecretArn: leave one',
    ],
    [
      given(password, passwordSecretArn, url, urlSecretArn) === 0,
      'passwordSecretArn',
      'say where the password is: the ARN of a secret, or password as a secret of the configuration',
    ],
    [
      !isWholeAddress && password !== undefined && user === undefined,
      'user',
      'is needed, as password is the password alone',
    ],
    inAddress(host, 'host'),
    inAddress(user, 'user'),
    inAddress(database, 'database'),
    [
      port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535),
      'port',
      'expected 1 to 65535',
    ],
  );
}

export function networkProblems(network: NetworkArgs): Problems {
  const { vpcId, subnetIds, vpcName, subnetName, destinationCidrs } = network;
  return problems(
    [given(vpcId, vpcName) !== 1, 'vpcId', 'name the VPC, either by vpcId with subnetIds or by vpcName'],
    [vpcId !== undefined && subnetIds === undefined, 'subnetIds', 'is needed with vpcId'],
    [
      vpcId === undefined && subnetIds !== undefined,
      'subnetIds',
      'is for vpcId; with vpcName use subnetName',
    ],
    [
      vpcName === undefined && subnetName !== undefined,
      'subnetName',
      'is for vpcName; with vpcId use subnetIds',
    ],
    [Array.isArray(subnetIds) && subnetIds.length === 0, 'subnetIds', 'name at least one subnet'],
    ...(destinationCidrs ?? [])
      .filter((range) => !/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(range))
      .map(
        (range) =>
          [true, 'destinationCidrs', `expected an address range such as 10.20.0.0/16, not ${range}`] as const,
      ),
  );
}

/** An address with a digest of SHA-256. Source: OCI Distribution Specification, "Pulling manifests". */
const IMAGE_WITH_DIGEST = /^[a-z0-9][a-z0-9.:_/-]*@sha256:[0-9a-f]{64}$/;

/** An image that is given by address alone. */
export function imageUriProblems(uri: string, argument: string): Problems {
  return problems(...imageUriRules(uri, argument));
}

function imageUriRules(uri: string | undefined, argument: string) {
  return [
    [
      uri !== undefined && !IMAGE_WITH_DIGEST.test(uri),
      argument,
      'expected an image with its digest, NAME@sha256:…, as a tag can be moved: docker buildx imagetools inspect NAME:TAG tells it',
    ],
  ] as const;
}

export function imageProblems({ uri, build }: ImageArgs): Problems {
  return problems(
    [
      given(uri, build) !== 1,
      'image',
      'give either image.uri, an image by digest, or image.build, to build it here with Docker',
    ],
    ...imageUriRules(uri, 'image.uri'),
    [
      build?.keptImages !== undefined && !(Number.isInteger(build.keptImages) && build.keptImages >= 2),
      'image.build.keptImages',
      'expected at least 2: the one that runs and the one before, to go back to',
    ],
  );
}

/** Source: CloudWatch Logs API, PutRetentionPolicy, `retentionInDays`. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export function taskProblems({
  cpu = 512,
  memoryMiB = 1024,
  logRetentionDays,
  clusterArn,
  containerInsights,
}: TaskSettings): Problems {
  const size = sizeProblem(cpu, memoryMiB);
  return [
    ...(size ? [size] : []),
    ...problems(
      [
        logRetentionDays !== undefined && !RETENTION_DAYS.includes(logRetentionDays),
        'logRetentionDays',
        `CloudWatch Logs knows ${RETENTION_DAYS.join(', ')} days, not ${logRetentionDays}`,
      ],
      [
        clusterArn !== undefined && containerInsights !== undefined,
        'containerInsights',
        'is for a cluster of its own, and clusterArn names one that exists',
      ],
    ),
  ];
}

export function serviceAccountProblems(account: ServiceAccountSettings): Problems {
  const {
    role = true,
    user = false,
    accessKey = false,
    trustedService,
    trustedAccountId,
    externalId,
  } = account;
  const trusted = given(trustedService, trustedAccountId);
  return problems(
    [!role && !user, 'role', 'there is neither a role nor a user: leave serviceAccount out'],
    [accessKey && !user, 'accessKey', 'is the user’s: set user too'],
    [
      trusted > 1,
      'trustedService',
      'the role trusts either trustedService or trustedAccountId: leave out one of the two',
    ],
    [
      role && !user && trusted === 0,
      'trustedAccountId',
      'say who may assume the role: trustedAccountId with externalId, or trustedService',
    ],
    [!role && trusted > 0, 'role', 'trustedService and trustedAccountId are for the role, and role is false'],
    [
      externalId !== undefined && trustedAccountId === undefined,
      'externalId',
      'is for callers of trustedAccountId, which is not given',
    ],
    [
      trustedAccountId !== undefined && externalId === undefined,
      'externalId',
      'is needed with trustedAccountId: without it another customer of that account’s owner could have it read for them',
    ],
    [
      trustedAccountId !== undefined && !/^\d{12}$/.test(trustedAccountId),
      'trustedAccountId',
      'expected an account id of 12 digits',
    ],
    [
      trustedService !== undefined && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(trustedService),
      'trustedService',
      'expected a service such as ec2.amazonaws.com',
    ],
  );
}

export function pathProblems(path: string | undefined): Problems {
  return problems([
    path !== undefined && !/^\/(?:[\x21-\x7e]{1,510}\/)?$/.test(path),
    'path',
    'expected an IAM path that begins and ends with /, such as /data/',
  ]);
}

export function monitoringProblems(settings: MonitoringSettings): Problems {
  const { alarmEmail, alarmTopicArn, topicKmsKeyArn, lagMinutes, hoursUntilLoss, heartbeatMinutes, budget } =
    settings;
  const isAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
  return problems(
    [
      alarmEmail !== undefined && alarmTopicArn !== undefined,
      'alarmEmail',
      'alarms go either to alarmEmail or to alarmTopicArn: leave out one of the two',
    ],
    [
      alarmEmail !== undefined && !isAddress(alarmEmail),
      'alarmEmail',
      'expected an address such as platform@example.com',
    ],
    [
      topicKmsKeyArn !== undefined && alarmEmail === undefined,
      'topicKmsKeyArn',
      'is for a topic of its own, which alarmEmail asks for',
    ],
    [lagMinutes !== undefined && !(lagMinutes > 0), 'lagMinutes', 'expected more than 0'],
    [
      hoursUntilLoss !== undefined && !(hoursUntilLoss > 0 && hoursUntilLoss < 23),
      'hoursUntilLoss',
      'expected more than 0 and less than 23: DynamoDB keeps stream records for 24 hours',
    ],
    [
      heartbeatMinutes !== undefined && !(Number.isInteger(heartbeatMinutes) && heartbeatMinutes >= 2),
      'heartbeatMinutes',
      'expected whole minutes, at least 2: a heart beats once a minute',
    ],
    [budget !== undefined && !(budget.monthlyUsd > 0), 'budget.monthlyUsd', 'expected more than 0'],
    [
      budget !== undefined && !isAddress(budget.email),
      'budget.email',
      'expected an address such as platform@example.com',
    ],
  );
}
