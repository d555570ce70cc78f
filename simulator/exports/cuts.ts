import type { Knobs } from '../knobs';
import { derivedRandom, type Random } from '../random';
import type { Window } from './history';

type CutKnobs = Pick<Knobs, 'exportCut' | 'exportCutMs'>;

/** The time that the service cuts at: the export's, rounded to a second. Epoch ms. */
export function rounded(exportTime: number, rounding: Knobs['exportTimeRounding'], random: Random): number {
  const second = Math.floor(exportTime / 1000) * 1000;
  switch (rounding) {
    case 'none':
      return exportTime;
    case 'down':
      return second;
    case 'up':
      return second + 1000;
    case 'either':
      return second + random.pick([0, 1000]);
  }
}

/** How far from the export's time an item is cut, in ms. */
export function cutOffset({ exportCut, exportCutMs }: CutKnobs, random: Random): number {
  const edges = [-exportCutMs, 0, exportCutMs];
  switch (exportCut) {
    case 'exact':
      return 0;
    case 'edges':
      return random.pick(edges);
    case 'uniform':
      return random.integer(-exportCutMs, exportCutMs + 1);
    case 'mixed':
      return random.pick([...edges, random.integer(-exportCutMs, exportCutMs + 1)]);
  }
}

/**
 * The window of each item of an incremental export: its edges are cut like the time of a full one. With `shared` edges an item's
 * cut at an edge depends on that edge alone, so that adjoining windows neither miss nor repeat a write.
 * @param facts `tableId`, `from` and `to` (epoch ms) of the export; `until`: no write after it is seen
 */
export function itemWindows(
  facts: { readonly tableId: string; readonly from: number; readonly to: number; readonly until: number },
  knobs: CutKnobs & Pick<Knobs, 'exportEdges'>,
  random: Random,
): (item: string) => Window {
  const cutOf = (edge: number, item: string): number => {
    if (knobs.exportCut === 'exact') return edge;
    const source =
      knobs.exportEdges === 'shared' ? derivedRandom(edge / 1000, `${facts.tableId}/${item}`) : random;
    return edge + cutOffset(knobs, source);
  };
  return (item) => ({
    from: cutOf(facts.from, item),
    to: Math.min(cutOf(facts.to, item), facts.until + 1),
  });
}
