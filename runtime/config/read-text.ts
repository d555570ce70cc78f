import { readFileSync } from 'node:fs';

/** Reads a file that the user named. The problem is for people: `prices.json does not exist`. */
export function readText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { problem: `${path} ${PROBLEMS[code ?? ''] ?? `cannot be read: ${message}`}` };
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EISDIR: 'is a folder, not a file',
  EACCES: 'cannot be read: this user lacks the right to read it',
};
