import type { Shard, StreamDescription } from '@aws-sdk/client-dynamodb-streams';
import { present, UnreadableAnswer } from './call';
import type { ListedShard, StreamPage } from './services';

const STATUSES: readonly string[] = ['ENABLING', 'ENABLED', 'DISABLING', 'DISABLED'];

/** @throws UnreadableAnswer */
export function streamPage(stream: StreamDescription): StreamPage {
  const status = present(stream.StreamStatus, 'StreamStatus');
  if (!STATUSES.includes(status)) throw new UnreadableAnswer(`The stream's status "${status}" is not known.`);
  return {
    streamArn: present(stream.StreamArn, 'StreamArn'),
    status,
    viewType: present(stream.StreamViewType, 'StreamViewType'),
    shards: present(stream.Shards, 'Shards').map(listedShard),
    lastEvaluatedShardId: stream.LastEvaluatedShardId,
  };
}

function listedShard(shard: Shard): ListedShard {
  return {
    id: present(shard.ShardId, 'ShardId'),
    parentId: shard.ParentShardId,
    closed: shard.SequenceNumberRange?.EndingSequenceNumber !== undefined,
  };
}
