import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { leaves } from '../../../runtime/config';
import { CONFIGURATION_DOCUMENT, configurationDocument, presentDocument } from './configuration-document';

describe('docs/CONFIGURATION.md', () => {
  it('matches the schema (npm run docs regenerates it)', async () => {
    const text = await configurationDocument();
    if (process.env['WRITE_DOCS']) writeFileSync(CONFIGURATION_DOCUMENT, text);
    assert.equal(presentDocument(), text);
    for (const { name } of leaves) assert.ok(text.includes(`### \`${name}\`\n`), name);
  });
});
