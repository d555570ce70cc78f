import { join } from 'node:path';
import { componentProviderHost, getPulumiComponents } from '@pulumi/pulumi/provider/experimental';
import * as exported from './index';
import { packageFolder } from './package-folder';

/** Name of the package in other languages: types are `dynamodb-replicator:index:DynamoDBReplicator`, … */
const PACKAGE = 'dynamodb-replicator';

/**
 * Hosts the components for programs in other languages. The schema is read from the sources, also where this file runs
 * compiled: `main` of package.json, which is what Pulumi runs of a package in a repository.
 */
void componentProviderHost({
  name: PACKAGE,
  components: getPulumiComponents(exported),
  dirname: join(packageFolder(), 'infra'),
});
