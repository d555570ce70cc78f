import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ReplicatorServiceArgs } from '../arguments/service';
import { containerDefinitions, TEMPORARY_VOLUME } from '../plan/container';
import { environmentOf, variableOf } from '../plan/environment';
import { DEFAULT_ARCHITECTURE, DEFAULT_SIZE } from '../plan/fargate-size';
import type { PhysicalNames } from './names';
import { providerPlace } from './place';
import { resolvedSettings } from './settings';

/** What the service decides about its task. */
interface TaskPlan {
  readonly logGroupName: pulumi.Output<string>;
  /** Address of DynamoDB Streams in the VPC; `undefined`: the public one. */
  readonly streamsEndpoint: pulumi.Output<string> | undefined;
  /** Value of the metrics' dimension `Replicator`. */
  readonly metricsName: pulumi.Output<string>;
  readonly names: PhysicalNames;
}

/** The task definition of a service. */
export function taskDefinition(
  name: string,
  args: ReplicatorServiceArgs,
  { logGroupName, streamsEndpoint, metricsName, names }: TaskPlan,
  parent: pulumi.Resource,
): aws.ecs.TaskDefinition {
  const family = names.fixed('taskFamily', 'family');
  const place = providerPlace(parent);
  const settings = resolvedSettings(args, { region: place.region, streamsEndpoint, name: metricsName });
  const { urlSecretArn, tlsCaSecretArn } = args.postgres;
  const secrets = pulumi.output({
    [variableOf('postgres.url')]: urlSecretArn,
    [variableOf('postgres.tlsCa')]: tlsCaSecretArn,
  });
  const containers = pulumi
    .all([
      place,
      settings,
      args.imageUri,
      logGroupName,
      secrets,
      args.repositoryCredentials?.arn,
      pulumi.output(args.sidecars ?? []),
    ])
    .apply(([{ region }, known, image, group, injected, credentialsArn, sidecars]) =>
      containerDefinitions({
        image,
        environment: environmentOf(known),
        secrets: injected,
        log: { group, region },
        credentialsArn,
        sidecars,
      }),
    );
  return new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family: family.name,
      cpu: String(args.cpu ?? DEFAULT_SIZE.cpu),
      memory: String(args.memoryMiB ?? DEFAULT_SIZE.memoryMiB),
      ...(args.ephemeralStorageGiB !== undefined && {
        ephemeralStorage: { sizeInGib: args.ephemeralStorageGiB },
      }),
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      runtimePlatform: {
        cpuArchitecture: args.architecture ?? DEFAULT_ARCHITECTURE,
        operatingSystemFamily: 'LINUX',
      },
      taskRoleArn: args.taskRoleArn,
      executionRoleArn: args.executionRoleArn,
      volumes: [{ name: TEMPORARY_VOLUME }],
      containerDefinitions: containers,
    },
    { parent, ...family.options },
  );
}
