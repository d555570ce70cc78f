import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coverageOf, sampleOf } from '../../../runtime/export/file-sample';
import type { Manifest } from '../../../runtime/export/manifest';

function manifestOf(items: readonly number[]): Manifest {
  return {
    exportArn: 'arn',
    bucket: 'exports',
    tableId: 'id',
    exportTime: 0,
    itemCount: items.reduce((sum, count) => sum + count, 0),
    files: items.map((count, i) => ({ key: `data/${i}.json.gz`, items: count, md5: '', etag: '' })),
  } as unknown as Manifest;
}

const counts = fc.array(fc.nat(50), { maxLength: 40 });
const share = fc.integer({ min: 1, max: 99 }).map((percent) => percent / 100);
const keysIn = ({ files }: Manifest) => files.map(({ key }) => key);

describe('a sample of an export', () => {
  it('V1: is made of whole files with items, as many as the share says and at least one', () => {
    fc.assert(
      fc.property(counts, share, fc.string(), (items, part, seed) => {
        const manifest = manifestOf(items);
        const sample = sampleOf(manifest, part, seed);
        const filled = manifest.files.filter((file) => file.items > 0);
        const percent = Math.round(part * 100);
        assert.equal(
          sample.files.length,
          Math.min(filled.length, Math.max(1, Math.ceil((filled.length * percent) / 100))),
        );
        assert.equal(new Set(keysIn(sample)).size, sample.files.length);
        assert.ok(sample.files.every((file) => filled.includes(file)));
        assert.equal(
          sample.itemCount,
          sample.files.reduce((sum, file) => sum + file.items, 0),
        );
        assert.deepEqual(coverageOf(sample, manifest), {
          files: sample.files.length,
          filesTotal: items.length,
          items: sample.itemCount,
          itemsTotal: manifest.itemCount,
        });
      }),
    );
  });

  it('V1: is decided by the seed alone, also in another order of the files', () => {
    fc.assert(
      fc.property(counts, share, fc.string(), (items, part, seed) => {
        const manifest = manifestOf(items);
        const reversed = { ...manifest, files: [...manifest.files].reverse() };
        assert.deepEqual(sampleOf(manifest, part, seed), sampleOf(reversed, part, seed));
      }),
    );
  });

  it('V1: differs from seed to seed, and covers every file in time', () => {
    const manifest = manifestOf(Array.from({ length: 20 }, () => 5));
    const covered = new Set<string>();
    for (let seed = 0; seed < 100; seed++)
      for (const key of keysIn(sampleOf(manifest, 0.1, `token ${seed}`))) covered.add(key);
    assert.equal(covered.size, 20);
  });

  it('V1: of all files is the export itself, with its empty files', () => {
    const manifest = manifestOf([0, 3, 0]);
    assert.equal(sampleOf(manifest, 1, 'token'), manifest);
  });
});
