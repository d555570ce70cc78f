/**
 * Lets Node load TypeScript: `node -r ./tests/load-typescript.cjs FILE.ts`. It loads the file that `npm run types` compiled
 * into `build/`; if the source has changed since, ts-node compiles it.
 */
const { readFileSync, statSync } = require('node:fs');
const { dirname, join, relative } = require('node:path');
const { pathToFileURL } = require('node:url');

const ROOT = dirname(__dirname);
const BUILT = join(ROOT, 'build');

process.setSourceMapsEnabled(true);

/** Loaded only when needed: loading TypeScript takes a third of a second. */
let service;
function compile(source, name) {
  service ??= require('ts-node').create({ transpileOnly: true, cwd: ROOT });
  return service.compile(source, name);
}

/** The compiled file; undefined if it is missing or older than its source. */
function compiled(name) {
  const built = join(BUILT, relative(ROOT, name)).replace(/ts$/, 'js');
  const made = statSync(built, { throwIfNoEntry: false });
  if (made === undefined || made.mtimeMs < statSync(name).mtimeMs) return undefined;
  return `${readFileSync(built, 'utf8')}\n//# sourceMappingURL=${pathToFileURL(`${built}.map`)}`;
}

/** JavaScript of a TypeScript file, with its source map. */
const javascriptOf = (name) => compiled(name) ?? compile(readFileSync(name, 'utf8'), name);

require.extensions['.ts'] = (module, name) => module._compile(javascriptOf(name), name);

// A proxy to the internet cannot reach what tests start on 127.0.0.1.
if (Object.keys(process.env).some((name) => /^(https?|all)_proxy$/i.test(name))) {
  const { no_proxy: lower, NO_PROXY: upper } = process.env;
  process.env.no_proxy = [lower || upper, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
}

module.exports = { compile, javascriptOf };
