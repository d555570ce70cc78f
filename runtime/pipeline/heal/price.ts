import { healCostUsd } from '../../../cost/heals';
import type { SourceTable } from '../../aws/services';
import type { Checkpoint } from '../checkpoint';
import { REREAD_REACH_MS } from '../watermark';
import { changesAnHour } from './change-rate';
import { edgesOf, healFrom, planWindows } from './windows';

const HOUR = 3_600_000;
/** A change has an old and a new image. How AWS measures it is not known, so that this is the most. */
const IMAGES = 2;

/**
 * What a heal will cost, in US dollars: an estimate, from how often the table changed before the gap and its mean item. If that is not
 * known, the exports are priced like one of the whole table. The keys that are read again are priced at the most that they can be.
 * @param since L, the watermark of the visible table; `now`: epoch ms too
 */
export function healPriceUsd(
  { changeRate, published }: Pick<Checkpoint, 'changeRate' | 'published'>,
  since: number,
  now: number,
  { itemCount, sizeBytes }: Pick<SourceTable, 'itemCount' | 'sizeBytes'>,
): number {
  const itemBytes = itemCount > 0 ? sizeBytes / itemCount : 0;
  const anHour = changesAnHour(changeRate);
  const windows = planWindows(since, now);
  const from = healFrom(since);
  const reread = from - REREAD_REACH_MS;
  // All keys: what the last published export brought has no time (rule G3).
  const isUntimed = published === undefined || published.exportTime > reread;
  const edgesMs = edgesOf(windows).reduce((sum, edge) => sum + edge.to - edge.from, 0);
  return healCostUsd({
    changedBytes: anHour === undefined ? sizeBytes : ((anHour * (now - from)) / HOUR) * itemBytes * IMAGES,
    windows: windows.length,
    rereadKeys:
      isUntimed || anHour === undefined
        ? itemCount
        : Math.min(itemCount, (anHour * (since - reread + edgesMs)) / HOUR),
    itemBytes,
  });
}
