import { join } from 'node:path';
import { componentProviderHost, getPulumiComponents } from '@pulumi/pulumi/provider/experimental';
import * as exported from './index';
import { packageFolder } from './package-folder';

/** Name of the package in other languages: types are `dynamodb-replicator:index:DynamoDBReplicator`, … */
const PACKAGE = 'dynamodb-replicator';

/**
 * Hosts the components for programs in other languages. The schema is read from the sources even when this file runs
 * compiled, as `main` of package.json, which Pulumi runs for a package in a repository.
 */
void componentProviderHost({
  name: PACKAGE,
  components: getPulumiComponents(exported),
  dirname: join(packageFolder(), 'infra'),
});
