import { healCostUsd } from '../../../cost/heals';
import type { SourceTable } from '../../aws/services';
import type { Checkpoint } from '../checkpoint';
import { bytesAnHour } from './change-rate';
import { healFrom, planWindows } from './windows';

const HOUR = 3_600_000;

/**
 * What the exports of a heal will cost, in US dollars: an estimate, from how much the table changed before the gap.
 * @param since L, the watermark of the visible table; `now`: epoch ms too
 */
export function healPriceUsd(
  { changeRate }: Pick<Checkpoint, 'changeRate'>,
  since: number,
  now: number,
  { itemCount, sizeBytes }: Pick<SourceTable, 'itemCount' | 'sizeBytes'>,
): number {
  return healCostUsd({
    changedBytes: (bytesAnHour(changeRate) ?? 0) * ((now - healFrom(since)) / HOUR),
    windows: planWindows(since, now).length,
    // Few keys, but nobody knows how many.
    rereadKeys: 0,
    itemBytes: itemCount > 0 ? sizeBytes / itemCount : 0,
  });
}
