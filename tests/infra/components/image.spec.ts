import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CpuArchitecture, ReplicatorImage, type ReplicatorImageArgs } from '../../../infra';
import { docker } from '../../../infra/components/docker';
import { record, secretIn, valueOf } from '../record';

const make = (args: ReplicatorImageArgs) => new ReplicatorImage('replicator', args);

describe('ReplicatorImage', () => {
  const { silence } = docker;
  beforeEach(() => {
    docker.silence = () => undefined;
  });
  afterEach(() => {
    docker.silence = silence;
  });

  it('uses an image by its digest, and creates nothing', async () => {
    const uri = `ghcr.io/somebody/replicator@sha256:${'a'.repeat(64)}`;
    const { resources, result } = await record(() => make({ uri }));
    assert.equal(resources.length, 1);
    assert.equal(await valueOf(result.uri), uri);
    assert.equal(result.repositoryArn, undefined);
  });

  it('builds for the task’s architecture, pushes by digest, and never builds in a preview', async () => {
    for (const [architecture, platform] of [
      [undefined, 'linux/arm64'],
      [CpuArchitecture.X8664, 'linux/amd64'],
    ] as const) {
      const { only, result } = await record(() =>
        make({ build: { context: '.' }, ...(architecture && { architecture }) }),
      );
      const image = only('docker-build:index:Image');
      assert.deepEqual(image['platforms'], [platform]);
      assert.equal(image['buildOnPreview'], false);
      assert.equal(image['push'], false);
      assert.deepEqual(image['exports'], [
        {
          image: {
            names: ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/dynamodb-replicator-dev'],
            push: true,
            pushByDigest: true,
          },
        },
      ]);
      const [registry] = secretIn(image['registries']) as { password: unknown }[];
      assert.equal(registry?.password, 'token');
      assert.equal(
        await valueOf(result.uri),
        `123456789012.dkr.ecr.eu-west-1.amazonaws.com/dynamodb-replicator-dev@sha256:${'1'.repeat(64)}`,
      );
    }
  });

  it('keeps its images in a repository that scans them, has immutable tags, and deletes old ones', async () => {
    const { only } = await record(() => make({ build: { keptImages: 5 } }));
    assert.deepEqual(only('aws:ecr/repository:Repository'), {
      name: 'dynamodb-replicator-dev',
      imageScanningConfiguration: { scanOnPush: true },
      imageTagMutability: 'IMMUTABLE',
      encryptionConfigurations: [{ encryptionType: 'AES256' }],
      forceDelete: true,
      tags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/replicator' },
    });
    const policy = JSON.parse(only('aws:ecr/lifecyclePolicy:LifecyclePolicy')['policy'] as string) as {
      rules: { selection: unknown }[];
    };
    assert.deepEqual(policy.rules[0]?.selection, {
      tagStatus: 'any',
      countType: 'imageCountMoreThan',
      countNumber: 5,
    });
  });

  it('builds from the package’s folder by default', async () => {
    const { only } = await record(() => make({ build: {} }));
    const { location } = only('docker-build:index:Image')['context'] as { location: string };
    assert.ok(existsSync(join(location, 'package.json')), location);
  });

  it('names its folder relative to the program’s, so that it is the same on every machine', async () => {
    const folder = process.cwd();
    const contexts: readonly (readonly [from: string, context: string | undefined, location: string])[] = [
      [folder, undefined, '.'],
      [folder, '.', '.'],
      [folder, folder, '.'],
      [join(folder, 'examples', 'yaml-consumer'), undefined, '../..'],
      [join(folder, 'examples', 'yaml-consumer'), '../..', '../..'],
      [join(folder, 'examples', 'yaml-consumer'), join(folder, 'demo'), '../../demo'],
    ];
    for (const [from, context, location] of contexts) {
      process.chdir(from);
      try {
        const { only } = await record(() => make({ build: context === undefined ? {} : { context } }));
        assert.deepEqual(only('docker-build:index:Image')['context'], { location });
      } finally {
        process.chdir(folder);
      }
    }
  });

  describe('without Docker', () => {
    beforeEach(() => {
      docker.silence = () => 'Cannot connect to the Docker daemon';
    });

    it('creates nothing, and names Docker and the argument in its first line', async () => {
      await assert.rejects(
        record(() => make({ build: {} })),
        {
          name: 'UnsuitableResource',
          message:
            'image: building it needs Docker, which does not answer here (Cannot connect to the Docker daemon). Start Docker, or set image.uri to an image by its digest',
        },
      );
    });

    it('can still be previewed', async () => {
      await record(() => make({ build: {} }), { preview: true });
    });
  });

  it('detects whether Docker answers', () => {
    const { PATH } = process.env;
    process.env['PATH'] = '/nowhere';
    try {
      assert.match(silence() ?? '', /ENOENT/);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
