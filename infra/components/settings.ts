import { METRIC_NAMESPACE } from '../../runtime/observe/metrics';
import * as pulumi from '@pulumi/pulumi';
import { LogFormat } from '../arguments/choices';
import type { ReplicatorServiceArgs } from '../arguments/service';
import { HEALTH_PORT, RUNTIME_STOP_MS } from '../plan/container';
import type { ContainerSettings } from '../plan/environment';

/** What the service knows of itself. */
interface Surroundings {
  readonly region: pulumi.Output<string>;
  readonly streamsEndpoint: pulumi.Output<string> | undefined;
  /** Of the replicator, in metrics. */
  readonly name: string;
}

/** The runtime's settings that the arguments of a service come to. */
export function containerSettings(
  { tables, bucket, postgres, sourceRole, settings = {} }: ReplicatorServiceArgs,
  { region, streamsEndpoint, name }: Surroundings,
): pulumi.Output<ContainerSettings> {
  const { host, port, database, user, passwordSecretArn, tls, tlsCaFile } = postgres;
  return pulumi
    .all([
      pulumi.output(tables),
      pulumi.output(bucket),
      pulumi.output({ host, database, user, passwordSecretArn }),
      pulumi.output(sourceRole),
      region,
      streamsEndpoint,
    ])
    .apply(([someTables, someBucket, server, role, here, streams]) => ({
      ...settings,
      tables: someTables,
      bucket: {
        name: someBucket.name,
        ...(someBucket.prefix !== undefined && { prefix: someBucket.prefix }),
      },
      bucketOwner: someBucket.ownerAccountId,
      kmsKeyId: someBucket.kmsKeyArn,
      to: 'postgres',
      // A task that ended would only be started again, into the same gap.
      onGap: 'wait' as const,
      postgres: {
        host: server.host,
        port,
        database: server.database,
        user: server.user,
        passwordSecret: server.passwordSecretArn,
        tls,
        tlsCaFile,
      },
      source: { roleArn: role?.roleArn, externalId: role?.externalId },
      region: here,
      streamsEndpoint: streams,
      timeouts: { stopMs: RUNTIME_STOP_MS, ...settings.timeouts },
      health: { port: HEALTH_PORT },
      metrics: { namespace: METRIC_NAMESPACE, replicator: name },
      log: { format: LogFormat.Json, ...settings.log },
    }));
}
