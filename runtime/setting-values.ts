import { z } from 'zod';

/** Parsers of raw values: text from a flag or variable, or a file's value. They return what they cannot parse unchanged. */

function numberValue(raw: unknown): unknown {
  return typeof raw === 'string' && /^-?\d+(\.\d+)?$/.test(raw.trim()) ? Number(raw) : raw;
}

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** `67108864`, `64MiB`, `64 MB`. */
function bytesValue(raw: unknown): unknown {
  const match = typeof raw === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(raw) : null;
  const unit = match && (match[2] === '' ? 1 : UNITS[(match[2] as string).toUpperCase()]);
  return match && unit ? Math.floor(Number(match[1]) * unit) : raw;
}

const DURATIONS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, min: 60_000 };

/** `7d`, `24h`, `90 min` → ms. A plain number is in ms already. */
function durationValue(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  const [, count, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(raw) ?? [];
  if (count === undefined) return raw;
  const factor = unit === '' ? 1 : DURATIONS[unit.toLowerCase()];
  return factor === undefined ? raw : Math.round(Number(count) * factor);
}

/** `10%`, `0.1` → 0.1. */
function shareValue(raw: unknown): unknown {
  const [, percent] = typeof raw === 'string' ? (/^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(raw) ?? []) : [];
  return percent === undefined ? numberValue(raw) : Number(percent) / 100;
}

function booleanValue(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  const text = raw.trim().toLowerCase();
  if (['true', 'yes', '1', 'on'].includes(text)) return true;
  if (['false', 'no', '0', 'off'].includes(text)) return false;
  return raw;
}

/** `NAME` or `NAME/PREFIX`; outer slashes of the prefix are ignored. */
export function bucketValue(raw: unknown): unknown {
  if (typeof raw !== 'string' || raw.includes('://')) return raw;
  const slash = raw.indexOf('/');
  if (slash < 0) return { name: raw };
  const prefix = raw.slice(slash + 1).replace(/^\/+|\/+$/g, '');
  return { name: raw.slice(0, slash), ...(prefix !== '' && { prefix }) };
}

/** Names, separated by commas or in a list; objects in a list are kept. Text that begins with `[` is such a list in JSON. */
export function listOfTables(raw: unknown): unknown {
  if (typeof raw === 'string' && raw.trimStart().startsWith('[')) return listOfTables(jsonValue(raw));
  if (typeof raw === 'string') return listOfTables(raw.split(',').map((name) => name.trim()));
  if (!Array.isArray(raw)) return raw;
  return raw.map((entry: unknown) => (typeof entry === 'string' ? { name: entry } : entry));
}

/** The parsed JSON, or `null`, which no setting accepts, if the text is not JSON. */
export function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Schemas of single values, which may be given as text. */

export const numberBetween = (least: number, most: number) =>
  z.preprocess(numberValue, z.number().min(least).max(most));
export const wholeNumber = (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  z.preprocess(numberValue, z.int().min(least).max(most));
export const bytes = (least: number) =>
  z.preprocess(
    bytesValue,
    z.int({ error: 'expected bytes, or a number with kB, MB, GB, KiB, MiB or GiB' }).min(least),
  );
/** In ms. */
export const duration = (leastMs: number, expected: string) =>
  z.preprocess(durationValue, z.int({ error: expected }).min(leastMs, expected));
export const share = () => {
  const expected = 'expected a share above 0 % and up to 100 %, such as 10% or 0.1';
  return z.preprocess(shareValue, z.number({ error: expected }).gt(0, expected).max(1, expected));
};
export const yesOrNo = () => z.preprocess(booleanValue, z.boolean());

export const MiB = 1024 * 1024;
