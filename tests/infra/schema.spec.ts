import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import own from '../../infra/package.json';
import manifest from '../../package.json';
import { formatted } from '../formatted';
import { full } from '../tiers/tier';
import { schemaOfPlugin } from './plugin-host';

/** SDKs in other languages are generated from this schema, and the stack's configuration is checked against it. */
const SCHEMA = join(__dirname, '../../infra/schema.json');

describe('the package in other languages', () => {
  full.it(
    'have the committed schema, as the plugin reports it (npm run schema rewrites it; a change there changes it for every user)',
    async () => {
      const text = await formatted(SCHEMA, JSON.stringify(await schemaOfPlugin()));
      if (process.env['WRITE_SCHEMA']) writeFileSync(SCHEMA, text);
      assert.ok(
        text === readFileSync(SCHEMA, 'utf8'),
        `${SCHEMA} differs: run npm run schema, and review the difference`,
      );
    },
  );

  it('has the version and the description of the whole', () => {
    const { version, description } = manifest;
    assert.deepEqual({ version: own.version, description: own.description }, { version, description });
    assert.equal(own.name, 'dynamodb-replicator');
  });
});
