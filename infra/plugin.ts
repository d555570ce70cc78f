import { join } from 'node:path';
import { componentProviderHost } from '@pulumi/pulumi/provider/experimental';
import {
  DynamoDBReplicator,
  ExportBucket,
  ReplicatorAccess,
  ReplicatorImage,
  ReplicatorMonitoring,
  ReplicatorService,
  ServiceAccount,
  SourceTable,
} from './index';
import { packageFolder } from './package-folder';

/** Name of the package in other languages: types are `dynamodb-replicator:index:DynamoDBReplicator`, … */
const PACKAGE = 'dynamodb-replicator';

const COMPONENTS = [
  DynamoDBReplicator,
  ExportBucket,
  ReplicatorAccess,
  ReplicatorImage,
  ReplicatorMonitoring,
  ReplicatorService,
  ServiceAccount,
  SourceTable,
];

/**
 * Hosts the components for programs in other languages. The schema is read from the sources, also where this file runs
 * compiled: `main` of package.json, which is what Pulumi runs of a package in a repository.
 */
void componentProviderHost({
  name: PACKAGE,
  components: COMPONENTS,
  dirname: join(packageFolder(), 'infra'),
});
