import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize, posix } from 'node:path';
import { manualAddress } from '../../infra/components/manual';
import { ReplicatorMonitoring } from '../../infra';
import { MONITORED } from '../infra/monitored';
import { record } from '../infra/record';
import { linksIn, anchorsOf } from './markdown-links';

const ROOT = join(__dirname, '../..');
/** Generated or third-party folders. */
const NOT_OURS = ['node_modules', 'build', 'dist', 'dist-bench', '.git', '.replicator'];
const FILES = filesBelow('');

/** Paths relative to the root. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.includes(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const {
  name,
  version,
  files: PUBLISHED,
} = JSON.parse(read('package.json')) as {
  name: string;
  version: string;
  files: readonly string[];
};

/** Why a link into this repository is broken; `undefined` if it works. */
function problemOf(path: string, anchor: string | undefined): string | undefined {
  if (!existsSync(join(ROOT, path))) return `there is no ${path}`;
  if (anchor === undefined) return undefined;
  if (!statSync(join(ROOT, path)).isFile()) return `${path} is a folder`;
  return anchorsOf(read(path)).includes(anchor) ? undefined : `${path} has no heading #${anchor}`;
}

/** Why a link into the published package is broken; `undefined` if it works. */
function publishedProblem(address: string): string | undefined {
  const start = `https://unpkg.com/${name}@${version}/`;
  if (!address.startsWith(start)) return `${address} is not of this version`;
  const [path = '', anchor] = address.slice(start.length).split('#');
  if (!PUBLISHED.some((one) => path === one || path.startsWith(`${one}/`))) return `${path} is not published`;
  return problemOf(path, anchor);
}

describe('Links', () => {
  const documents = FILES.filter((file) => file.endsWith('.md'));

  for (const file of documents)
    it(`of ${file} lead to existing files and headings`, () => {
      const problems = linksIn(read(file)).flatMap((link) => {
        if (/^https?:\/\/[a-z0-9.-]+\.[a-z]+(\/|$)/.test(link)) return [];
        if (/^[a-z]+:/.test(link)) return [`${link} is no address`];
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? file : posix.normalize(posix.join(posix.dirname(file), decodeURI(path)));
        return problemOf(target, anchor) ?? [];
      });
      assert.deepEqual(problems, []);
    });

  it('are found in documents', () => {
    assert.ok(documents.length > 10);
    assert.ok(documents.flatMap((file) => linksIn(read(file))).length > 40);
  });

  it('of messages and comments name existing documents', () => {
    const sources = FILES.filter((file) =>
      /^(runtime|simulator|infra|policy|posture|review|image|bench|examples)\/.*\.ts$/.test(file),
    );
    const problems = sources.flatMap((file) =>
      [
        ...read(file).matchAll(/(?<![\w/.-])((?:\.{1,2}\/)*(?:[\w-]+\/)*[\w-]+\.md)\b(?:, "([^"]+)")?/g),
      ].flatMap(([, path = '', heading]) => {
        const places = [path, normalize(join(dirname(file), path))];
        const found = places.find((place) => existsSync(join(ROOT, place)));
        // Documents that a program writes elsewhere are not in this repository.
        if (found === undefined) return WRITTEN.has(path) ? [] : [`${file}: there is no ${path}`];
        if (heading === undefined || anchorsOf(read(found)).includes(slug(heading))) return [];
        return [`${file}: ${path} has no heading "${heading}"`];
      }),
    );
    assert.deepEqual(problems, []);
  });

  it('of alarm mails are absolute, and lead to headings of the published documents', async () => {
    const { all } = await record(
      () =>
        new ReplicatorMonitoring('orders', {
          ...MONITORED,
          alarmEmail: 'platform@example.com',
        }),
    );
    const alarms = all('aws:cloudwatch/metricAlarm:MetricAlarm').map((alarm) =>
      String(alarm.inputs['alarmDescription']),
    );
    const mails = all('aws:cloudwatch/eventTarget:EventTarget').map((target) =>
      JSON.stringify(target.inputs),
    );
    assert.ok(alarms.length >= 7 && mails.length === 1);
    for (const text of [...alarms, ...mails]) {
      const address = /https:\/\/[^\s"\\]+?(?=\.?(?:["\\\s]|$))/.exec(text)?.[0];
      assert.ok(address !== undefined, text);
      assert.equal(publishedProblem(address), undefined);
    }
  });

  it('to a missing heading are detected', () => {
    assert.equal(publishedProblem(manualAddress('docs/OPERATIONS.md', 'Reading alarms')), undefined);
    assert.match(
      String(publishedProblem(manualAddress('docs/OPERATIONS.md', 'Alarms'))),
      /no heading #alarms/,
    );
    assert.match(
      String(publishedProblem(manualAddress('docs/ALARMS.md', 'Alarms'))),
      /there is no docs\/ALARMS\.md/,
    );
    assert.match(String(publishedProblem(manualAddress('CONTRIBUTING.md', 'Release'))), /not published/);
  });
});

/** Documents that programs write elsewhere, as they name them. */
const WRITTEN: ReadonlySet<string> = new Set([
  'PERFORMANCE.md',
  '../CONTRIBUTING.md',
  'THIRD-PARTY-LICENCES.md',
]);

function slug(heading: string): string {
  return anchorsOf(`# ${heading}`)[0] as string;
}
