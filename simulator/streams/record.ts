import type { Item } from '../attribute-value';
import { itemSize } from '../tables/item-size';
import type { ItemChange } from '../tables/change';

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES';

/** A stream record in wire format. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Epoch seconds, rounded down. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: StreamViewType;
  };
  readonly userIdentity?: { readonly Type: 'Service'; readonly PrincipalId: 'dynamodb.amazonaws.com' };
}

/** The images that a view type includes. */
function images(change: ItemChange, view: StreamViewType): { NewImage?: Item; OldImage?: Item } {
  const shown: { NewImage?: Item; OldImage?: Item } = {};
  if (view !== 'KEYS_ONLY' && view !== 'OLD_IMAGE' && change.newImage) shown.NewImage = change.newImage;
  if (view !== 'KEYS_ONLY' && view !== 'NEW_IMAGE' && change.oldImage) shown.OldImage = change.oldImage;
  return shown;
}

/** The record of one change. `creationMs`: the change's time, with jitter. */
export function streamRecord(
  change: ItemChange,
  view: StreamViewType,
  facts: { region: string; eventID: string; sequenceNumber: string; creationMs: number },
): StreamRecord {
  const shown = images(change, view);
  let sizeBytes = itemSize(change.keys);
  if (shown.NewImage) sizeBytes += itemSize(shown.NewImage);
  if (shown.OldImage) sizeBytes += itemSize(shown.OldImage);
  return {
    eventID: facts.eventID,
    eventName: !change.oldImage ? 'INSERT' : change.newImage ? 'MODIFY' : 'REMOVE',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: facts.region,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(facts.creationMs / 1000),
      Keys: change.keys,
      ...shown,
      SequenceNumber: facts.sequenceNumber,
      SizeBytes: sizeBytes,
      StreamViewType: view,
    },
    ...(change.byTimeToLive
      ? { userIdentity: { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' } as const }
      : {}),
  };
}
