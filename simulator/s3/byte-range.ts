import { ServiceError } from '../service-error';

/**
 * The byte range that a Range header requests, `end` exclusive; undefined for the whole object (no header, or one that
 * RFC 9110 says to ignore).
 * @throws ServiceError InvalidRange (416)
 */
export function byteRange(
  header: string | undefined,
  length: number,
): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const end = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if (start >= length || (first === '' && Number(last) === 0)) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416);
  }
  return end <= start ? undefined : { start, end };
}
