import assert from 'node:assert/strict';
import { ShardsOfStream, WRITTEN_AT } from '../../bench/shards/stream-shards';

const START = Date.UTC(2026, 0, 5, 12);

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange: { readonly EndingSequenceNumber?: string };
}
interface Answer {
  readonly StreamDescription: { readonly Shards: readonly Shard[]; readonly LastEvaluatedShardId?: string };
  readonly ShardIterator: string;
  readonly NextShardIterator?: string;
  readonly Records: readonly { readonly dynamodb: { readonly NewImage: Record<string, { N: string }> } }[];
}

describe('bench: a stream of many shards', () => {
  const stream = new ShardsOfStream({ open: 150, ancestors: 6, busy: 1, recordsPerSecond: 300 }, START);
  const ask = (operation: string, input: Record<string, string>, now = START) =>
    stream.answer(operation, input, now) as Answer;

  const shards: Shard[] = [];
  let after: string | undefined;
  do {
    const { StreamDescription: page } = ask('DescribeStream', after ? { ExclusiveStartShardId: after } : {});
    shards.push(...page.Shards);
    after = page.LastEvaluatedShardId;
  } while (after !== undefined);
  const open = shards.filter(({ SequenceNumberRange: { EndingSequenceNumber: end } }) => end === undefined);

  it('lists the open shards and their closed ancestors, each once', () => {
    assert.equal(shards.length, 150 * 7);
    assert.equal(new Set(shards.map(({ ShardId }) => ShardId)).size, shards.length);
    assert.equal(open.length, 150);
    assert.equal(shards.filter(({ ParentShardId }) => ParentShardId === undefined).length, 150);
  });

  it('returns each record of a busy shard once, up to 1,000 per read', () => {
    const times: number[] = [];
    for (const { ShardId } of open) {
      let { ShardIterator: iterator } = ask('GetShardIterator', { ShardId });
      for (let read = 0; read < 5; read++) {
        const answer = ask('GetRecords', { ShardIterator: iterator }, START + 4_000);
        iterator = String(answer.NextShardIterator);
        times.push(...answer.Records.map(({ dynamodb }) => Number(dynamodb.NewImage[WRITTEN_AT]?.N)));
      }
    }
    assert.equal(times.length, 4 * 300);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
    assert.equal(new Set(times).size, times.length);
  });

  it('a closed shard ends with its first page', () => {
    const [{ ShardId } = { ShardId: '' }] = shards;
    const { ShardIterator } = ask('GetShardIterator', { ShardId });
    assert.deepEqual(ask('GetRecords', { ShardIterator }), { Records: [] });
  });
});
