import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { eachKnown, refersTo } from '../../stack/known';

interface ExecConfiguration {
  readonly kmsKeyId?: string;
  readonly logging?: string;
  readonly logConfiguration?: object;
}

/** ECS Exec opens a shell in the running task, with all its permissions. */
export const execOff = stackRule({
  name: 'ecs-exec-off',
  description: 'ECS Exec is off, or its sessions are logged and encrypted with a customer-managed key.',
  level: 'mandatory',
  severity: 'high',
  standards: { checkov: ['CKV_AWS_223', 'CKV_AWS_224'], wellArchitected: ['SEC06-BP05'] },
  remedy:
    'Set enableExecuteCommand to false, or give the cluster configuration.executeCommandConfiguration with kmsKeyId, logging ' +
    'OVERRIDE and a logConfiguration.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html#ecs-exec-logging',
  validate: ({ resources }, report) => {
    const clusters = resources.filter((one) => one.isType(aws.ecs.Cluster));
    const services = resources.filter((one) => one.isType(aws.ecs.Service));
    eachKnown(services, (service) => {
      if (service.props['enableExecuteCommand'] !== true) return;
      const cluster = clusters.find((one) => refersTo(service, 'cluster', one));
      const exec = (
        cluster?.props['configuration'] as { executeCommandConfiguration?: ExecConfiguration } | undefined
      )?.executeCommandConfiguration;
      const isLogged = exec?.logging === 'OVERRIDE' && exec.logConfiguration !== undefined;
      if (!isLogged || exec.kmsKeyId === undefined)
        report(
          `service ${service.name} has ECS Exec on, but its cluster does not log and encrypt the sessions`,
          service.urn,
        );
    });
  },
});
