import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { awsCommand } from '../../runtime/aws/cli-command';
import { checkConfig, configurationOf, type Keys } from './config';
import { GROUPS } from './config-shape';
import { type ArgumentProblem, refuse } from '../errors';
import { DynamoDBReplicator } from '../components/replicator';
import { credentialsProblem } from '../components/table-streaming/accepted-credentials';
import { ownTag } from '../components/tags';
import { packageFolder } from '../package-folder';
import { cliFlagsIn } from '../components/place';
import { namespaceProblems } from './namespaces';
import { PROVIDER_SETTINGS, providerSettings } from './provider-settings';
import { readTeamTables } from './team-tables';
import { surroundingsProblems } from './surroundings';

/** The stack's program: one replicator, built from the configuration. Pulumi runs what this file exports. */

const NAME = 'replicator';

/** What `pulumi stack output` prints. The outputs of the service account have the names of Artie's setup page. */
type Outputs = Readonly<Record<string, pulumi.Input<unknown> | undefined>>;

export = async function stack(): Promise<Outputs> {
  const configuration = pulumi.runtime.allConfig();
  const checked = checkConfig(
    new pulumi.Config(),
    keysOfProject(configuration),
    pulumi.getStack(),
    readTeamTables(join(packageFolder(), 'tables'), pulumi.getStack()),
  );
  const { settings, ...aboutProvider } = providerSettings(configuration, process.env);
  const read = { [pulumi.getProject()]: Object.keys(GROUPS), aws: PROVIDER_SETTINGS };
  const problems = [
    ...namespaceProblems(Object.keys(configuration), read),
    ...checked.problems,
    ...aboutProvider.problems,
  ];
  const subject = configurationOf(pulumi.getStack());
  if (aboutProvider.problems.length > 0) refuse(subject, problems);
  // The engine checks a provider's credentials; without one, as in a review, nobody does.
  if (problems.length > 0 && pulumi.runtime.hasEngine()) {
    const refused = await credentialsProblem(settings);
    if (refused !== undefined) refuse(subject, [...problems, notLookedUp(refused)]);
  }
  const { replicator: args, tags } = checked;
  const provider = new aws.Provider('aws', { ...settings, defaultTags: allTags(settings.defaultTags, tags) });
  const surroundings = surroundingsProblems({ ...checked, component: NAME }, { provider });
  refuse(subject, [...problems, ...(await (problems.length === 0 ? surroundings : answered(surroundings)))]);
  const replicator = new DynamoDBReplicator(NAME, args, { providers: [provider] });
  const region = aws.getRegionOutput({}, { provider }).region;
  return {
    task_role_arn: replicator.taskRoleArn,
    execution_role_arn: replicator.executionRoleArn,
    bucket: replicator.bucketName,
    bucket_arn: replicator.bucketArn,
    table_arns: replicator.tableArns,
    stream_arns: replicator.streamArns,
    export_prefix: args.exportBucket?.prefix ?? pulumi.getStack(),
    cluster: replicator.clusterName,
    service: replicator.serviceName,
    task_definition_arn: replicator.taskDefinitionArn,
    security_group_id: replicator.securityGroupId,
    log_group: replicator.logGroupName,
    logs_command: pulumi
      .all([replicator.logGroupName, region])
      .apply(([group, here]) => awsCommand(cliFlagsIn(here), `logs tail ${group} --follow`)),
    alarm_arns: replicator.alarmArns,
    topic_arn: replicator.topicArn,
    dashboard_url: replicator.dashboardUrl,
    ...(args.access?.taskRoleArn !== undefined && { task_role_policy: replicator.taskRolePolicy }),
    ...(args.access?.executionRoleArn !== undefined && {
      execution_role_policy: replicator.executionRolePolicy,
    }),
    ...(args.access?.sourceRole && { source_role_policy: replicator.sourceRolePolicy }),
    ...(replicator.serviceRoleArn && { service_role_arn: replicator.serviceRoleArn }),
    ...(replicator.accessKeyId && { aws_access_key_id: replicator.accessKeyId }),
    ...(replicator.secretAccessKey && { aws_secret_access_key: replicator.secretAccessKey }),
  };
};

/** What looking up found. If AWS cannot answer, the other problems are still reported. */
async function answered(surroundings: ReturnType<typeof surroundingsProblems>): typeof surroundings {
  try {
    return await surroundings;
  } catch (error) {
    return [notLookedUp((error as Error).message)];
  }
}

function notLookedUp(reason: string): ArgumentProblem {
  return { argument: 'aws', problem: `what the configuration names was not looked up: ${reason}` };
}

/** Keys of this project. Only this variable has the names of the secret values; the SDK has no function for it. */
function keysOfProject(configuration: Readonly<Record<string, string>>): Keys {
  const prefix = `${pulumi.getProject()}:`;
  const secrets = JSON.parse(process.env['PULUMI_CONFIG_SECRET_KEYS'] ?? '[]') as readonly string[];
  return {
    set: Object.entries(configuration)
      .filter(([key, value]) => key.startsWith(prefix) && value !== '' && value !== '{}')
      .map(([key]) => key.slice(prefix.length)),
    isSecret: (key) => secrets.includes(prefix + key),
  };
}

/** Tags of `aws:defaultTags`, of the configuration's `tags`, and the stack's own; the later wins. */
function allTags(
  configured: aws.ProviderArgs['defaultTags'],
  tags: Readonly<Record<string, string>> | undefined,
): aws.ProviderArgs['defaultTags'] {
  const own = ownTag(NAME);
  return pulumi
    .output(configured)
    .apply((found) => ({ tags: { ...found?.tags, ...tags, [own.key]: own.value } }));
}
