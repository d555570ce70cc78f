import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { leaves } from '../../../runtime/config';
import { KINDS } from '../../../runtime/destinations/kinds';
import type { Leaf } from '../../../runtime/config/leaves';
import { bytes } from '../../../runtime/observe/figures';
import { formatted } from '../../formatted';

/** The path of the document. */
export const CONFIGURATION_DOCUMENT = join(__dirname, '../../../docs/CONFIGURATION.md');

const GROUPS: Readonly<Record<string, string>> = {
  '': 'Source, bucket and destination',
  load: 'Loading exports',
  ...Object.fromEntries(KINDS.map(({ name, title }) => [name, title])),
  source: 'A source in another account',
  verify: 'Verifying on a schedule',
  poll: 'Reading streams',
  heal: 'Healing gaps',
  timeouts: 'Timeouts',
  health: 'Health',
  metrics: 'Metrics',
  log: 'Log and progress',
};

const INTRODUCTION = `# Settings

<!-- Written by \`npm run docs\` from runtime/config/schema.ts; a test fails when it is out of date. -->

Every setting can be given as a flag, as an environment variable, or in a YAML or JSON file named by \`--config FILE\` (or
\`DYNAMODB_REPLICATOR_CONFIG\`). Flags override the environment, which overrides the file. If there are unknown names,
unreadable values or contradictory settings, the replicator lists them all at once and starts nothing.

\`\`\`yaml
# replicator.yaml
tables:
  - orders
  - name: customers
    destinationTable: crm_customers
    deletes: soft
bucket: my-exports/replicator
to: shop.duckdb
duckdb:
  threads: 4
\`\`\`

\`\`\`
npx dynamodb-replicator run --config replicator.yaml
\`\`\`

Sizes are bytes, or a number with \`kB\`, \`MB\`, \`GB\`, \`KiB\`, \`MiB\`, \`GiB\`. Names that end in \`Ms\` are milliseconds.
Credentials are not settings: they are found where the AWS CLI finds them. So is a proxy: see [Behind a proxy](OPERATIONS.md#behind-a-proxy).
`;

/** The text of docs/CONFIGURATION.md. */
export async function configurationDocument(): Promise<string> {
  const groups = Object.keys(GROUPS).map((group) => {
    const settings = leaves.filter((leaf) => (leaf.path.length > 1 ? leaf.path[0] : '') === group);
    return `## ${GROUPS[group]}\n\n${settings.map(section).join('\n')}`;
  });
  return formatted(CONFIGURATION_DOCUMENT, [INTRODUCTION, ...groups].join('\n'));
}

/** The text of the present file. */
export function presentDocument(): string {
  return readFileSync(CONFIGURATION_DOCUMENT, 'utf8');
}

function section(leaf: Leaf): string {
  const { name, description, example, variable, defaultValue } = leaf;
  const standard = defaultValue === undefined ? 'none' : `\`${shown(name, defaultValue)}\``;
  return `### \`${name}\`\n\n${description}\n\n- Flag: ${flagOf(leaf)}\n- Environment: \`${variable}\`\n- Default: ${standard}\n- Example: \`${example}\`\n`;
}

function flagOf({ flag, placeholder, defaultValue, isSecret }: Leaf): string {
  if (isSecret) return 'none';
  if (typeof defaultValue !== 'boolean') return `\`${flag} ${placeholder}\``;
  return `\`${defaultValue ? flag.replace('--', '--no-') : flag}\``;
}

function shown(name: string, value: unknown): string {
  if (typeof value === 'number' && /bytes$/i.test(name) && value % 2 ** 20 === 0)
    return `${value / 2 ** 20}MiB`;
  return typeof value === 'number' && /bytes$/i.test(name) ? bytes(value) : String(value);
}
