import { join } from 'node:path';
import { Analyzer } from '@pulumi/pulumi/provider/experimental/analyzer';
import { getPulumiComponents } from '@pulumi/pulumi/provider/experimental/provider';
import { generateSchema } from '@pulumi/pulumi/provider/experimental/schema';
import * as components from '../../infra';
import manifest from '../../package.json';

const INFRA = join(__dirname, '../../infra');
const PACKAGE = 'dynamodb-replicator';

/** The committed schema: what programs in other languages are generated from. */
export const SCHEMA = join(INFRA, 'schema.json');

/** The schema as Pulumi infers it from the sources, in the way that its plugin host does. */
export function inferredSchema(): object {
  const names = new Set(getPulumiComponents(components).map(({ name }) => name));
  const {
    components: found,
    typeDefinitions,
    dependencies,
  } = new Analyzer(INFRA, PACKAGE, manifest, names).analyze();
  return generateSchema(
    PACKAGE,
    manifest.version,
    manifest.description,
    found,
    typeDefinitions,
    dependencies,
  );
}
