import Module from 'node:module';
import { join } from 'node:path';

const PACKAGE = 'pulumi-dynamodb-replicator';
const ROOT = join(__dirname, '../..');

interface Resolver {
  _resolveFilename(request: string, ...rest: readonly unknown[]): string;
}

/** Runs an example's program with the package's sources, not with its build. */
export function loadExample(name: string): void {
  const resolver = Module as unknown as Resolver;
  const resolve = resolver._resolveFilename;
  resolver._resolveFilename = (request, ...rest) =>
    resolve.call(resolver, request === PACKAGE ? join(ROOT, 'infra/index.ts') : request, ...rest);
  const file = join(ROOT, 'examples', name, 'index.ts');
  try {
    // The example's file is its program, so it has to be loaded again.
    Reflect.deleteProperty(require.cache, file);
    // oxlint-disable-next-line typescript/no-require-imports -- as above
    require(file);
  } finally {
    resolver._resolveFilename = resolve;
  }
}
