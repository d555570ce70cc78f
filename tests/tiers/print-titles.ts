/**
 * `npm run test:titles`: prints the sorted titles of all tests of all tiers, without running them. `--against FILE` instead
 * prints the titles of an earlier list that are gone, ignoring numbers in titles, and exits with 1 if there are any.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadedMocha } from './loaded-mocha';
import { specFiles } from './spec-files';

const ROOT = join(__dirname, '../..');

function titles(): string[] {
  const mocha = new LoadedMocha({ timeout: 0 });
  mocha.load(specFiles(ROOT, 'full', undefined).map((file) => join(ROOT, file)));
  return mocha
    .tests()
    .map((test) => test.titlePath().join(' › '))
    .sort();
}

const withoutCounts = (title: string) => title.replace(/\d+/g, '#');

function gone(earlier: readonly string[], now: readonly string[]): string[] {
  const known = new Set(now.map(withoutCounts));
  return earlier.filter((title) => !known.has(withoutCounts(title)));
}

const [flag, file] = process.argv.slice(2);
if (flag !== undefined && (flag !== '--against' || file === undefined || !existsSync(file))) {
  console.error('Usage: npm run test:titles [-- --against FILE], where FILE is an earlier list.');
  process.exit(2);
}
const now = titles();
if (flag === '--against' && file !== undefined) {
  const lost = gone(readFileSync(file, 'utf8').split('\n').filter(Boolean), now);
  for (const title of lost) console.log(title);
  console.log(`${lost.length} titles of ${file} are gone. There are ${now.length} titles now.`);
  process.exit(lost.length === 0 ? 0 : 1);
}
for (const title of now) console.log(title);
process.exit(0);
