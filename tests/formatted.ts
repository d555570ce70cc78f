import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FormatOptions } from 'oxfmt';

const OPTIONS = JSON.parse(readFileSync(join(__dirname, '../.oxfmtrc.json'), 'utf8')) as FormatOptions;

/** A generated document as `npm run format` formats it. @throws Error if the text cannot be parsed */
export async function formatted(path: string, text: string): Promise<string> {
  const { format } = await import('oxfmt');
  const { code, errors } = await format(path, text, OPTIONS);
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`);
  return code;
}
