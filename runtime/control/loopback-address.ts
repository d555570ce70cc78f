/** How another process of this machine reaches a running replicator. It is written beside the destination's file, readable only by its owner. */
export interface LoopbackAddress {
  readonly pid: number;
  readonly port: number;
  /** Required in every request. */
  readonly token: string;
  /** Names of the source tables that it replicates. */
  readonly tables: readonly string[];
}

const MOST_PORT = 65_535;
const MOST_PID = 2 ** 31 - 1;

/** The path of the address, for a destination that is a file. */
export function addressFile(destinationFile: string): string {
  return `${destinationFile}.control.json`;
}

/** Parses an address; `undefined` for text that no replicator of this version wrote. */
export function readAddress(text: string): LoopbackAddress | undefined {
  const parsed = parse(text);
  const { pid, port, token, tables } = parsed;
  const isOne =
    isWithin(pid, MOST_PID) &&
    isWithin(port, MOST_PORT) &&
    typeof token === 'string' &&
    Array.isArray(tables) &&
    tables.every((table) => typeof table === 'string');
  return isOne ? (parsed as unknown as LoopbackAddress) : undefined;
}

/** The process that wrote the file: a running replicator, or one that is starting and does not answer yet. */
export function readHolder(text: string): { readonly pid: number; readonly isStarting: boolean } | undefined {
  const { pid } = parse(text);
  return isWithin(pid, MOST_PID)
    ? { pid: pid as number, isStarting: readAddress(text) === undefined }
    : undefined;
}

function parse(text: string): Partial<Record<keyof LoopbackAddress, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<keyof LoopbackAddress, unknown>>;
  } catch {
    return {};
  }
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) <= most;
}
