import type * as pulumi from '@pulumi/pulumi';

/**
 * A container that runs beside the replicator, such as an agent of a monitoring service. It logs to the replicator's log group.
 * What it lacks, such as a health check, a transform adds (docs/INFRASTRUCTURE.md).
 */
export interface Sidecar {
  /**
   * Name of the container.
   * @default (required)
   * @example 'agent'
   */
  name: string;
  /**
   * Address of the image, with its digest. From a private registry it is pulled with `repositoryCredentials`.
   * @default (required)
   * @example 'public.ecr.aws/datadog/agent@sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b'
   */
  image: string;
  /**
   * Command of the container.
   * @default the image's command
   * @example ['--config', '/etc/agent.yaml']
   */
  command?: string[];
  /**
   * Environment variables. Everybody who may see the task definition sees them: use `secrets` for secrets.
   * @default none
   * @example { DD_SITE: 'datadoghq.eu' }
   */
  environment?: { [name: string]: string };
  /**
   * Environment variables that ECS fills from Secrets Manager when the task starts: variable and ARN of the secret.
   * @default none
   * @example { DD_API_KEY: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:datadog-a1b2c3' }
   */
  secrets?: { [name: string]: pulumi.Input<string> };
  /**
   * CPU units of the task that are reserved for the container.
   * @default none: it takes what the replicator leaves
   * @example 128
   */
  cpu?: number;
  /**
   * Memory in MiB at which the container is killed. The replicator needs the rest of the task's memory.
   * @default the task's memory
   * @example 256
   */
  memoryMiB?: number;
  /**
   * Whether the end of the container ends the task, and with it the replicator.
   * @default false
   * @example true
   */
  essential?: boolean;
  /**
   * User of the container's process.
   * @default the image's user
   * @example '1000:1000'
   */
  user?: string;
  /**
   * Whether the container's root file system is read-only.
   * @default true
   * @example false
   */
  readonlyRootFilesystem?: boolean;
}
