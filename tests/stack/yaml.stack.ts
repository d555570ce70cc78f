import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { ROOT } from './engine';
import { describeLives, EXAMPLES } from './example-lives';

const folder = mkdtempSync(join(tmpdir(), 'replicator-yaml-'));
cpSync(join(EXAMPLES, 'yaml-consumer'), folder, { recursive: true });
const file = join(folder, 'Pulumi.yaml');
const program = parseDocument(readFileSync(file, 'utf8'));
// As `pulumi package add` writes it, from this checkout instead of a release.
program.setIn(['packages', 'dynamodb-replicator'], ROOT);
writeFileSync(file, String(program));

after(() => rmSync(folder, { recursive: true, force: true }));

describeLives('the example in YAML, with the package as its plugin', [{ name: 'yaml-consumer', folder }]);
