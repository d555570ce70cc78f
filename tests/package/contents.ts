import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
const COMPILED = /^dist\/(.+?)(\.js|\.js\.map|\.d\.ts)$/;
const SOURCE = /^(cost|runtime)\/.+\.ts$/;

/** What the compiler writes for each source. */
const OUTPUTS = ['.js', '.js.map', '.d.ts'];

/**
 * A package's files, one a line. Compiled files and sources are one line for each folder, since they follow from the sources
 * of this checkout.
 * @throws Error for a compiled file without its source or the other two outputs, and for a source that differs
 */
export function contentsOf(installed: string): readonly string[] {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  return [...new Set(files.map((file) => lineOf(file, installed)))].sort();
}

function lineOf(file: string, installed: string): string {
  const [, name] = COMPILED.exec(file) ?? [];
  if (name !== undefined) {
    if (!existsSync(join(ROOT, `${name}.ts`))) throw new Error(`${file} has no source`);
    const missing = OUTPUTS.filter((ending) => !existsSync(join(installed, `dist/${name}${ending}`)));
    if (missing.length > 0) throw new Error(`${file} lacks its ${missing.join(' and ')}`);
    return `${dirname(file)}/ compiled`;
  }
  if (!SOURCE.test(file)) return file;
  if (readFileSync(join(installed, file), 'utf8') !== readFileSync(join(ROOT, file), 'utf8'))
    throw new Error(`${file} is not this checkout's`);
  return `${dirname(file)}/ sources`;
}
