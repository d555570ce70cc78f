import { run } from './run';

/** To run the model by hand: `node -r ./tests/load-typescript.cjs tests/model/main.ts SEEDS FIRST '{"rule": value}' [heals]`. */
const [seeds = '1000', first = '1', weakened = '{}', heals] = process.argv.slice(2);
const rules = JSON.parse(weakened, (_, value: unknown) =>
  value === 'Infinity' ? Infinity : value,
) as object;
const counts = new Map<string, number>();
const firsts = new Map<string, number>();
const count = (what: string, seed: number) => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
  if (!firsts.has(what)) firsts.set(what, seed);
};
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed++) {
  const { broken, tally } = run(seed, rules, heals === 'heals');
  if (broken !== undefined) count(`BROKEN ${broken.replace(/\d+/g, '…')}`, seed);
  for (const [what, times] of Object.entries(tally))
    if (typeof times === 'number' && times > 0) count(what, seed);
  for (const reason of tally.gaps.keys()) count(`gap: ${reason}`, seed);
}
for (const [what, times] of [...counts].sort())
  console.log(`${what}: ${times} of ${seeds}, first ${firsts.get(what)}`);
