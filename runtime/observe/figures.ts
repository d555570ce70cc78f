/** Formats numbers for people, the same in every locale. */

/** `1234567` → `1,234,567`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 change`, `1,204 changes`. The cost model, which imports nothing, has its own. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `12 s`, `3 min 20 s`, `4 h 5 min`, `2 d 3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const [large, largeUnit, small, smallUnit] =
    seconds < 3_600
      ? [Math.floor(seconds / 60), 'min', seconds % 60, 's']
      : seconds < 86_400
        ? [Math.floor(seconds / 3_600), 'h', Math.floor((seconds % 3_600) / 60), 'min']
        : [Math.floor(seconds / 86_400), 'd', Math.floor((seconds % 86_400) / 3_600), 'h'];
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `512 B`, `1.4 MB`, `20 GB`; a kB has 1000 bytes. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let left = value;
  let unit = 0;
  while (left >= 999.5 && unit < units.length - 1) {
    left /= 1000;
    unit++;
  }
  return `${unit === 0 || left >= 99.95 ? Math.round(left) : left.toFixed(1)} ${units[unit]}`;
}

/** Epoch ms → `2026-11-23 12:01:05 UTC`. */
export function instant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `about $0.10`, `about $1,234.57`, or `less than $0.01`. */
export function price(usd: number): string {
  if (usd < 0.005) return 'less than $0.01';
  const [whole, cents] = usd.toFixed(2).split('.') as [string, string];
  return `about $${count(Number(whole))}.${cents}`;
}

/** The table's name in `<account>/<region>/<table>`. */
export function tableOf(pipeline: string): string {
  return pipeline.slice(pipeline.lastIndexOf('/') + 1);
}
