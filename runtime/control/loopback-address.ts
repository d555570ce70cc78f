/** How another process of this machine reaches a running replicator: written beside the destination's file, readable by its owner only. */
export interface LoopbackAddress {
  readonly pid: number;
  readonly port: number;
  /** Has to be sent with every request. */
  readonly token: string;
  /** Names of the source tables it replicates. */
  readonly tables: readonly string[];
}

const MOST_PORT = 65_535;
const MOST_PID = 2 ** 31 - 1;

/** Where the address stands for a destination that is a file. */
export function addressFile(destinationFile: string): string {
  return `${destinationFile}.control.json`;
}

/** `undefined` for what no replicator of this version wrote: it is as good as none. */
export function readAddress(text: string): LoopbackAddress | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, port, token, tables } = (parsed ?? {}) as Partial<Record<keyof LoopbackAddress, unknown>>;
  const isOne =
    isWithin(pid, MOST_PID) &&
    isWithin(port, MOST_PORT) &&
    typeof token === 'string' &&
    Array.isArray(tables) &&
    tables.every((table) => typeof table === 'string');
  return isOne ? (parsed as LoopbackAddress) : undefined;
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= most;
}
