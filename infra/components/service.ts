import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { Endpoints } from '../arguments/choices';
import type { ReplicatorServiceArgs } from '../arguments/service';
import { refuse } from '../errors';
import { existingGroups } from './existing-groups';
import { outputsOf } from './outputs';
import { firstInEcr } from '../plan/image-address';
import { nameInLogGroup } from '../plan/names';
import { endpointNeeds } from '../plan/network/endpoint-services';
import { requireDeployed } from './lookups';
import { streamsEndpointOf } from './network/endpoints';
import { taskSecurityGroup } from './network/security-group';
import { subnetsOf } from './network/subnets';
import { PhysicalNames } from './names';
import { withOwnTag, withTags } from './tags';
import { taskDefinition } from './task-definition';
import { nameProblems } from '../validate/names';
import { serviceProblems } from '../validate/service';

const POSTGRES_PORT = 5432;
const DEFAULT_RETENTION_DAYS = 30;
const PAUSED =
  'The replicator is paused (task.paused). DynamoDB keeps changes for 24 hours: deploy it without task.paused before, or ' +
  'its tables have a gap (settings.onGap).';

/**
 * The replicator as a Fargate service of exactly one task, or none while it is paused. A deployment stops the old task before it starts the new one, and
 * rebalancing between zones, which would start a second one, is off. In any case the destination's lease lets only one write.
 */
export class ReplicatorService extends pulumi.ComponentResource {
  /** Name of the ECS cluster. */
  readonly clusterName: pulumi.Output<string>;
  /** ARN of the ECS cluster. */
  readonly clusterArn: pulumi.Output<string>;
  /** Name of the ECS service. */
  readonly serviceName: pulumi.Output<string>;
  /** Name of the log group. */
  readonly logGroupName: pulumi.Output<string>;
  /** ARN of the deployed task definition. */
  readonly taskDefinitionArn: pulumi.Output<string>;
  /** Id of the task's security group, the first of `securityGroupIds`. Allow it at the destination. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Value of the metric dimension `Replicator`. */
  readonly metricsName: pulumi.Output<string>;

  constructor(name: string, args: ReplicatorServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ReplicatorService ${name}`, [...serviceProblems(args), ...nameProblems(args.names)]);
    super(
      'dynamodb-replicator:index:ReplicatorService',
      name,
      {},
      withOwnTag(name, withTags(args.tags, opts)),
    );
    const parent = { parent: this };
    if (args.paused) void pulumi.log.warn(PAUSED, this);
    const names = new PhysicalNames(name, args.names);
    const logGroup = names.logGroup(args.logGroupName);
    const log = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      {
        name: logGroup.name,
        retentionInDays: args.logRetentionDays ?? DEFAULT_RETENTION_DAYS,
        ...(args.logKmsKeyArn !== undefined && { kmsKeyId: args.logKmsKeyArn }),
      },
      { ...parent, ...logGroup.options },
    );
    // Metrics and alarms share this name. A log group that was created under another name keeps it, and so do the metrics.
    const metricsName = log.name.apply((group) => nameInLogGroup(group) ?? names.prefix);
    const cluster = this.#cluster(name, args, names);
    const subnets = subnetsOf(args.network, args.assignPublicIp, this);
    const groupIds =
      args.securityGroupIds === undefined
        ? pulumi.all([
            taskSecurityGroup(name, names, args.network, args.postgres.port ?? POSTGRES_PORT, subnets, this)
              .id,
          ])
        : existingGroups(args.securityGroupIds, subnets, this);
    const groupId = groupIds.apply(([first]) => first as string);
    const streamsEndpoint = streamsEndpointOf(
      name,
      {
        mode: args.network.endpoints ?? Endpoints.None,
        needs: endpointNeeds(
          firstInEcr([
            typeof args.imageUri === 'string' ? args.imageUri : undefined,
            ...(args.sidecars ?? []).map(({ image }) => image),
          ]),
          args.sourceRole !== undefined,
        ),
        subnets,
        names,
      },
      this,
    );
    const definition = taskDefinition(
      name,
      args,
      { logGroupName: log.name, streamsEndpoint, metricsName, names },
      this,
    );
    const namedService = names.of('service');
    const service = new aws.ecs.Service(
      `${name}-service`,
      {
        ...namedService.input,
        cluster: cluster.arn,
        taskDefinition: definition.arn,
        ...(args.spot
          ? { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', base: 0, weight: 1 }] }
          : { launchType: 'FARGATE' }),
        platformVersion: 'LATEST',
        desiredCount: args.paused ? 0 : 1,
        deploymentMinimumHealthyPercent: 0,
        deploymentMaximumPercent: 100,
        availabilityZoneRebalancing: 'DISABLED',
        deploymentCircuitBreaker: { enable: true, rollback: true },
        waitForSteadyState: args.waitForSteadyState ?? true,
        enableExecuteCommand: false,
        propagateTags: 'SERVICE',
        networkConfiguration: {
          assignPublicIp: args.assignPublicIp ?? false,
          subnets: subnets.apply(({ subnetIds }) => [...subnetIds]),
          securityGroups: groupIds,
        },
      },
      { ...parent, ...namedService.options },
    );
    this.clusterName = cluster.name;
    this.clusterArn = cluster.arn;
    this.serviceName = service.name;
    this.logGroupName = log.name;
    this.taskDefinitionArn = pulumi
      .all([cluster.arn, service.name, definition.arn, service.id])
      .apply(async ([clusterArn, serviceName, expected]) => {
        if (!pulumi.runtime.isDryRun()) await requireDeployed({ clusterArn, serviceName, expected }, parent);
        return expected;
      });
    this.securityGroupId = groupId;
    this.metricsName = metricsName;
    this.registerOutputs(outputsOf(this));
  }

  #cluster(
    name: string,
    { clusterArn, spot, containerInsights }: ReplicatorServiceArgs,
    names: PhysicalNames,
  ): Cluster {
    if (clusterArn !== undefined) {
      const arn = pulumi.output(clusterArn);
      return { arn, name: arn.apply((text) => text.slice(text.lastIndexOf('/') + 1)) };
    }
    const named = names.of('cluster');
    const cluster = new aws.ecs.Cluster(
      `${name}-cluster`,
      {
        ...named.input,
        settings: [{ name: 'containerInsights', value: containerInsights ? 'enabled' : 'disabled' }],
      },
      { parent: this, ...named.options },
    );
    if (!spot) return cluster;
    const capacity = new aws.ecs.ClusterCapacityProviders(
      `${name}-cluster`,
      { clusterName: cluster.name, capacityProviders: ['FARGATE_SPOT'] },
      { parent: cluster },
    );
    // A service on Fargate Spot cannot be created before its cluster has that capacity provider.
    return { name: cluster.name, arn: pulumi.all([cluster.arn, capacity.id]).apply(([arn]) => arn) };
  }
}

interface Cluster {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
}
