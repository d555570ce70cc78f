import type { Shard, StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import { ForeignAnswer, member } from './call';
import type { ListedShard, StreamPage } from './services';

const STATUSES: readonly string[] = ['ENABLING', 'ENABLED', 'DISABLING', 'DISABLED'];

/** @throws ForeignAnswer */
export function streamPage(stream: StreamDescription): StreamPage {
  const status = member(stream.StreamStatus, 'StreamStatus');
  if (!STATUSES.includes(status)) throw new ForeignAnswer(`The stream's status "${status}" is unknown.`);
  return {
    streamArn: member(stream.StreamArn, 'StreamArn'),
    status,
    viewType: member(stream.StreamViewType, 'StreamViewType'),
    shards: member(stream.Shards, 'Shards').map(listedShard),
    lastEvaluatedShardId: stream.LastEvaluatedShardId,
  };
}

function listedShard(shard: Shard): ListedShard {
  return {
    id: member(shard.ShardId, 'ShardId'),
    parentId: shard.ParentShardId,
    closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
  };
}
