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

/** Hosts the components for programs in other languages; the schema is read from the sources of this folder. */
void componentProviderHost({ name: PACKAGE, components: COMPONENTS, dirname: __dirname });
