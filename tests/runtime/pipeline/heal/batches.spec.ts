import assert from 'node:assert/strict';
import { itemBytes } from '../../../../runtime/item/item-memory';
import type { Change } from '../../../../runtime/pipeline/changes';
import { inBatches } from '../../../../runtime/pipeline/heal/batches';

const TEXT = 'x'.repeat(1_000);

function change(key: number): Change {
  const keys = new Map([['id', { S: `key-${key}` }]]);
  return { keys, newImage: new Map([...keys, ['text', { S: TEXT }]]), createdAt: key };
}

async function* piecesOf(lengths: readonly number[], onTaken: () => void = () => undefined) {
  let key = 0;
  for (const length of lengths) {
    onTaken();
    yield Array.from({ length }, () => change(key++));
  }
}

describe('pipeline/heal/batches', () => {
  it('joins pieces in their order, and leaves none out', async () => {
    const taken: number[] = [];
    const lengths: number[] = [];
    for await (const batch of inBatches(piecesOf([3, 0, 4, 5, 1, 2]), 6 * 1_000)) {
      lengths.push(batch.length);
      taken.push(...batch.map(({ createdAt }) => createdAt));
    }
    assert.deepEqual(
      taken,
      Array.from({ length: 15 }, (_, i) => i),
    );
    assert.deepEqual(lengths, [7, 5, 3], 'each has 6 kB, and not a piece more than it needs');
  });

  it('holds no more than a batch and a piece, however many pieces there are', async () => {
    const mostBytes = 20_000;
    const pieceBytes = 10 * itemBytes(change(0).newImage!);
    let taken = 0;
    let batches = 0;
    for await (const batch of inBatches(
      piecesOf(
        Array.from({ length: 100 }, () => 10),
        () => (taken += 1),
      ),
      mostBytes,
    )) {
      batches += 1;
      assert.ok(
        batch.reduce((sum, { newImage }) => sum + itemBytes(newImage!), 0) < mostBytes + 2 * pieceBytes,
      );
      assert.equal(taken, Math.min(100, batches * 2), 'it reads no further than the batch');
    }
    assert.equal(batches, 50);
  });

  it('yields nothing of nothing', async () => {
    for await (const batch of inBatches(piecesOf([0, 0]), 1)) assert.fail(`a batch of ${batch.length}`);
  });

  it('throws what reading the pieces throws', async () => {
    async function* broken(): AsyncGenerator<readonly Change[]> {
      yield [change(0)];
      throw new Error('the file is damaged');
    }
    await assert.rejects(async () => {
      for await (const batch of inBatches(broken(), 1e9)) assert.fail(`a batch of ${batch.length}`);
    }, /damaged/);
  });
});
