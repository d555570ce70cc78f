import { join } from 'node:path';
import { getPulumiComponents } from '@pulumi/pulumi/provider/experimental';
import { Analyzer } from '@pulumi/pulumi/provider/experimental/analyzer';
import { generateSchema } from '@pulumi/pulumi/provider/experimental/schema';
import * as exported from '../../infra';
import manifest from '../../package.json';

const INFRA = join(__dirname, '../../infra');

/** Name of the package in other languages: types are `dynamodb-replicator:index:DynamoDBReplicator`, … */
const PACKAGE = 'dynamodb-replicator';

/** What an inferred schema lacks: how registries present the package, and how generated SDKs are packaged. */
const METADATA = {
  displayName: 'DynamoDB Replicator',
  publisher: manifest.author,
  license: manifest.license,
  homepage: manifest.homepage,
  repository: manifest.repository.url.replace(/^git\+|\.git$/g, ''),
  keywords: manifest.keywords,
};
const LANGUAGES = {
  python: { inputTypes: 'classes-and-dicts', pyproject: { enabled: true } },
  csharp: { namespaces: { [PACKAGE]: 'DynamoDBReplicator' } },
};

/** The schema of the package, inferred from the sources by Pulumi's own analyzer, with the metadata. Takes ten seconds. */
export function inferredSchema(): object {
  const { version, description } = manifest;
  const names = getPulumiComponents(exported).map(({ name }) => name);
  const analyzer = new Analyzer(INFRA, PACKAGE, { main: 'index.ts' }, new Set(names));
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const { name, ...inferred } = generateSchema(
    PACKAGE,
    version,
    description,
    components,
    typeDefinitions,
    dependencies,
  );
  const language: Record<string, object> = { ...(inferred.language as Record<string, object>) };
  for (const [one, settings] of Object.entries(LANGUAGES)) language[one] = { ...language[one], ...settings };
  return { name, ...METADATA, ...inferred, language };
}
