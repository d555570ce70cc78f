import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import schema from '../../infra/schema.json';
import manifest from '../../package.json';
import { formatted } from '../formatted';
import { full } from '../tiers/tier';
import { inferredSchema } from './inferred-schema';

/** SDKs in other languages are generated from this schema, and the stack's configuration is checked against it. */
const SCHEMA = join(__dirname, '../../infra/schema.json');

describe('the package in other languages', () => {
  full.it(
    'has the committed schema (npm run schema rewrites it; a change there changes it for every user)',
    async () => {
      const text = await formatted(SCHEMA, JSON.stringify(inferredSchema()));
      if (process.env['WRITE_SCHEMA']) writeFileSync(SCHEMA, text);
      assert.ok(
        text === readFileSync(SCHEMA, 'utf8'),
        `${SCHEMA} differs: run npm run schema, and review the difference`,
      );
    },
  );

  it('has the metadata of the npm package', () => {
    const { version, description, license, keywords, homepage } = manifest;
    assert.deepEqual(
      { ...schema, language: 0, types: 0, resources: 0, dependencies: 0 },
      {
        name: 'dynamodb-replicator',
        displayName: 'DynamoDB Replicator',
        publisher: 'the authors of pulumi-dynamodb-replicator',
        version,
        description,
        license,
        keywords,
        homepage,
        repository: homepage,
        language: 0,
        types: 0,
        resources: 0,
        dependencies: 0,
      },
    );
  });

  it('has the keywords by which Pulumi’s registry lists components', () => {
    for (const keyword of ['pulumi', 'kind/component', 'category/database'])
      assert.ok(manifest.keywords.includes(keyword), keyword);
  });

  it('has settings for the SDK of each language', () => {
    const languages = schema.language as Readonly<Record<string, { respectSchemaVersion: boolean }>>;
    assert.deepEqual(Object.keys(languages).sort(), ['csharp', 'go', 'java', 'nodejs', 'python']);
    for (const [name, { respectSchemaVersion }] of Object.entries(languages))
      assert.equal(respectSchemaVersion, true, name);
  });
});
