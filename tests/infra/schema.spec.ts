import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as prettier from 'prettier';
import { inferredSchema, SCHEMA } from './inferred-schema';

describe('the schema of the package', () => {
  it('is the committed one (npm run schema writes it anew; what changes there changes for every user)', async function () {
    this.timeout(120_000);
    const text = await prettier.format(JSON.stringify(inferredSchema()), {
      ...(await prettier.resolveConfig(SCHEMA)),
      parser: 'json',
    });
    if (process.env['WRITE_SCHEMA']) writeFileSync(SCHEMA, text);
    assert.ok(
      text === readFileSync(SCHEMA, 'utf8'),
      `${SCHEMA} differs: npm run schema, and read what changes`,
    );
  });
});
