/** Figures of costs, for people. */

/** `$1.50` */
export function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

/** `1 alarm`, `2 alarms`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${thing}${count === 1 ? '' : 's'}`;
}
