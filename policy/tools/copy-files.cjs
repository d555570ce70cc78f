/** Completes the compiled pack in `dist/policy`, so that Pulumi can run that folder: from `npm run build`, which compiles it. */
const { cpSync } = require('node:fs');
const { join } = require('node:path');

const PACK = join(__dirname, '..');
const FILES = ['PulumiPolicy.yaml', 'package.json', 'README.md', 'RULES.md', 'config'];

for (const file of FILES) cpSync(join(PACK, file), join(PACK, '../dist/policy', file), { recursive: true });
