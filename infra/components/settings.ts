import * as pulumi from '@pulumi/pulumi';
import type { ReplicatorServiceArgs } from '../arguments/service';
import { containerSettings } from '../plan/container-settings';
import type { ContainerSettings } from '../plan/environment';

/** Values that the service adds to its arguments. */
interface Surroundings {
  readonly region: pulumi.Output<string>;
  readonly streamsEndpoint: pulumi.Output<string> | undefined;
  /** Name of the replicator in metrics. */
  readonly name: pulumi.Output<string>;
}

/** The replicator's settings for the arguments of a service. */
export function resolvedSettings(
  { tables, bucket, postgres, sourceRole, settings }: ReplicatorServiceArgs,
  { region, streamsEndpoint, name }: Surroundings,
): pulumi.Output<ContainerSettings> {
  const { host, port, database, user, passwordSecretArn, tls, tlsCaFile, connections } = postgres;
  return pulumi
    .all([
      pulumi.output(tables),
      pulumi.output(bucket),
      pulumi.output({ host, database, user, passwordSecretArn }),
      pulumi.output(sourceRole),
      region,
      streamsEndpoint,
      name,
    ])
    .apply(([someTables, someBucket, server, role, here, streams, metricsName]) =>
      containerSettings({
        tables: someTables,
        bucket: someBucket,
        postgres: { ...server, port, tls, tlsCaFile, connections },
        sourceRole: role,
        settings,
        region: here,
        streamsEndpoint: streams,
        name: metricsName,
      }),
    );
}
