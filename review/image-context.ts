import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import type { RecordedResource } from './record-program';

/**
 * The same image from two checkouts. A recorded image names the folder that it is built from, which is another one in each
 * checkout. What counts is the folder's place in its checkout, and the content that Docker copies from it.
 */

const IMAGE = 'docker-build:index:Image';

/** The resource; if it is an image, with its context's place and content instead of a path on this machine. */
export function withComparableContext(resource: RecordedResource, root: string): RecordedResource {
  if (resource.type !== IMAGE) return resource;
  const { context } = resource.inputs as { readonly context?: { readonly location?: string } };
  if (context?.location === undefined) return resource;
  const location = placeIn(root, context.location);
  const files = contentOf(resolve(root, location));
  return { ...resource, inputs: { ...resource.inputs, context: { ...context, location, files } } };
}

/** The folder relative to the checkout; a relative path that leads elsewhere is already one. */
function placeIn(root: string, location: string): string {
  const within = relative(root, resolve(location));
  if (within === '') return '.';
  return within.startsWith('..') || isAbsolute(within) ? location : within;
}

/** Hash of the files that Docker copies: the Dockerfile, and what `.dockerignore` lets in with a line `!NAME`. */
export function contentOf(folder: string): string {
  const ignoreFile = join(folder, '.dockerignore');
  const lines = existsSync(ignoreFile) ? readFileSync(ignoreFile, 'utf8').split('\n') : [];
  const names = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1).trim());
  const hash = createHash('sha256');
  for (const path of ['Dockerfile', ...names].sort().flatMap((name) => filesIn(join(folder, name)))) {
    hash.update(`${relative(folder, path)}\0`);
    hash.update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

/** Every file below the path, or the path itself, sorted. */
function filesIn(path: string): readonly string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)));
}
