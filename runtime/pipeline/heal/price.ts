import { healCostUsd } from '../../../cost/heals';
import type { SourceTable } from '../../aws/services';
import type { Checkpoint } from '../checkpoint';
import { changesAnHour } from './change-rate';
import { healFrom, planWindows } from './windows';

const HOUR = 3_600_000;
/** A change has an old and a new image. How AWS measures it is not known, so that this is the most. */
const IMAGES = 2;

/**
 * What the exports of a heal will cost, in US dollars: an estimate, from how often the table changed before the gap and its mean item.
 * @param since L, the watermark of the visible table; `now`: epoch ms too
 */
export function healPriceUsd(
  { changeRate }: Pick<Checkpoint, 'changeRate'>,
  since: number,
  now: number,
  { itemCount, sizeBytes }: Pick<SourceTable, 'itemCount' | 'sizeBytes'>,
): number {
  const itemBytes = itemCount > 0 ? sizeBytes / itemCount : 0;
  const changes = (changesAnHour(changeRate) ?? 0) * ((now - healFrom(since)) / HOUR);
  return healCostUsd({
    changedBytes: changes * itemBytes * IMAGES,
    windows: planWindows(since, now).length,
    // Few keys, but nobody knows how many.
    rereadKeys: 0,
    itemBytes,
  });
}
