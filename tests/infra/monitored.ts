import type { ReplicatorMonitoringArgs } from '../../infra';

/** A replicator to monitor. */
export const MONITORED: ReplicatorMonitoringArgs = {
  replicator: 'orders-dev',
  tables: ['orders'],
  clusterName: 'orders-dev',
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/orders-dev',
  serviceName: 'orders-dev',
  logGroupName: '/dynamodb-replicator/orders-dev',
};
