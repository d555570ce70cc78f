import type { Results } from '../results';

/** When and where a section was measured: each can be measured alone, on another machine than the rest of the document. */
export function measuredBy({ machine, words, date, commit }: Results): string {
  const { cores, processor, node, load } = machine;
  const [before, after] = load;
  const caveat =
    Math.max(before, after) > cores
      ? '. Other work kept the cores busy: times are too long and rates too low, and CPU time says more'
      : '';
  return `Measured on ${date} at commit ${commit} by \`${commandOf(words)}\` on ${cores} cores (${processor}), Node ${node.slice(1)},
at a load average of ${before.toFixed(1)} at the start and ${after.toFixed(1)} at the end${caveat}.`;
}

/** The command to measure it again; the file that it wrote does not matter. */
export function commandOf(words: string): string {
  const flags = words.replace(/(^| )--output[ =]\S+/, '').trim();
  return `npm run bench${flags === '' ? '' : ` -- ${flags}`}`;
}
