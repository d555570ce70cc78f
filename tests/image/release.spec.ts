import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../image/bundle';

const DIGESTS = { build: `sha256:${'b'.repeat(64)}`, runtime: `sha256:${'c'.repeat(64)}` };
const MADE = `sha256:${'d'.repeat(64)}`;

/** A docker that tells digests, and writes down what it is asked to build. */
const docker = (runtimeDigest: string) => `#!/usr/bin/env bash
set -euo pipefail
case "$*" in
  *inspect*distroless*) echo '${runtimeDigest}' ;;
  *inspect*) echo '${DIGESTS.build}' ;;
  *' build '*)
    printf '%s\\n' "$@" >"$ASKED"
    while [ $# -gt 0 ]; do
      if [ "$1" = --metadata-file ]; then echo '{"containerimage.digest":"${MADE}"}' >"$2"; fi
      shift
    done ;;
esac
`;

describe('A release of the image', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-release-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const asked = () => join(folder, 'asked');
  const record = () => join(folder, 'record.json');
  function release(runtimeDigest: string) {
    const program = join(folder, 'docker');
    writeFileSync(program, docker(runtimeDigest));
    chmodSync(program, 0o755);
    return spawnSync(join(ROOT, '.ci/release'), ['registry.example/team/replicator:v1', record()], {
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, ASKED: asked() },
    });
  }

  it('takes its bases by the digests that their registries tell, and records them with its own', () => {
    const { status, stderr } = release(DIGESTS.runtime);
    assert.equal(status, 0, stderr);
    const bases = Object.fromEntries(
      [...readFileSync(join(ROOT, 'Dockerfile'), 'utf8').matchAll(/^ARG (\w+)_IMAGE=(.+)$/gm)].map(
        ([, name, base]) => [name!.toLowerCase(), base!],
      ),
    );
    const build = `${bases['build']}@${DIGESTS.build}`;
    const runtime = `${bases['runtime']}@${DIGESTS.runtime}`;
    const words = readFileSync(asked(), 'utf8').split('\n');
    assert.ok(words.includes(`BUILD_IMAGE=${build}`));
    assert.ok(words.includes(`RUNTIME_IMAGE=${runtime}`));
    const { revision, ...made } = JSON.parse(readFileSync(record(), 'utf8')) as Record<string, string>;
    assert.match(revision ?? '', /^[0-9a-f]{40}$/);
    assert.deepEqual(made, {
      image: `registry.example/team/replicator@${MADE}`,
      tag: 'registry.example/team/replicator:v1',
      build,
      runtime,
    });
  });

  it('is not made where a registry tells no digest', () => {
    const { status, stderr } = release('latest');
    assert.equal(status, 1);
    assert.match(stderr, /distroless\/nodejs22-debian12:nonroot: its registry tells no digest but 'latest'/);
    assert.ok(!existsSync(asked()) && !existsSync(record()));
  });
});
