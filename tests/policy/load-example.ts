import Module from 'node:module';
import { join } from 'node:path';

const PACKAGE = 'pulumi-dynamodb-replicator';
const ROOT = join(__dirname, '../..');

interface Resolver {
  _resolveFilename(request: string, ...rest: readonly unknown[]): string;
}

/** Runs an example's program with the package as it stands here, not as it was built. */
export function loadExample(name: string): void {
  const resolver = Module as unknown as Resolver;
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = (request, ...rest) =>
    resolve.call(resolver, request === PACKAGE ? join(ROOT, 'infra/index.ts') : request, ...rest);
  const file = join(ROOT, 'examples', name, 'index.ts');
  try {
    // Its program is its file, so it has to be loaded anew.
    Reflect.deleteProperty(require.cache, file);
    // oxlint-disable-next-line typescript/no-require-imports -- as above
    require(file);
  } finally {
    resolver._resolveFilename = resolve;
  }
}
