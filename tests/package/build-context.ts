import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Copies what the build stage of a Dockerfile copies from its context, as Docker does: only what .dockerignore includes.
 * @param context folder with the Dockerfile @param to the stage's working directory
 * @throws Error if a file that it names without a wildcard is not in the context
 */
export function copyContext(context: string, to: string): void {
  const included = readFileSync(join(context, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));
  const copies = readFileSync(join(context, 'Dockerfile'), 'utf8').matchAll(/^COPY (?!--from)(.+) (\S+)$/gm);
  for (const [, sources = '', target = ''] of copies) {
    for (const pattern of sources.split(' ')) {
      const source = pattern.replace(/\*$/, '');
      const isIncluded = included.some((one) => source === one || source.startsWith(`${one}/`));
      if (isIncluded && existsSync(join(context, source))) {
        const path = join(
          to,
          target.endsWith('/') ? join(target, source.split('/').at(-1) as string) : target,
        );
        mkdirSync(dirname(path), { recursive: true });
        cpSync(join(context, source), path, { recursive: true });
      } else if (source === pattern) throw new Error(`COPY ${source}: not in the context`);
    }
  }
}
