import type { Position } from './shard';

/** Content of a shard iterator. Iterators are stateless: they can be reused until they expire. */
export interface ShardIterator {
  readonly streamArn: string;
  readonly shardId: string;
  readonly position: Position;
  /** Epoch ms. */
  readonly issuedAt: number;
  /** It has not delivered a record yet. */
  readonly fresh: boolean;
}

/** The text that a client gets. It is opaque to clients, but readable in a debugger. */
export function iteratorText(iterator: ShardIterator): string {
  const { streamArn, shardId, position, issuedAt, fresh } = iterator;
  return `${streamArn}|1|${shardId}|${position}|${issuedAt}|${fresh ? 1 : 0}`;
}

export function parseIterator(text: string): ShardIterator | undefined {
  const [streamArn, version, shardId, position, issuedAt, fresh, ...rest] = text.split('|');
  if (!streamArn || !shardId || version !== '1' || fresh === undefined || rest.length > 0) return undefined;
  if (position !== 'horizon' && !/^\d+$/.test(position ?? '')) return undefined;
  return {
    streamArn,
    shardId,
    position: position === 'horizon' ? 'horizon' : Number(position),
    issuedAt: Number(issuedAt),
    fresh: fresh === '1',
  };
}
