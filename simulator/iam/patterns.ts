/** Whether a text matches a pattern with `*` (any characters) and `?` (any single character). */
export function isLike(pattern: string, text: string): boolean {
  const source = [...pattern].map((character) => {
    if (character === '*') return '[^]*';
    return character === '?' ? '[^]' : character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 'u').test(text);
}

const ARN_PARTS = 6;

/** The six parts of an ARN; the last one may contain colons. */
function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}

/** Matches part by part: a wildcard does not extend into the next part (IAM User Guide, "Amazon Resource Name (ARN) condition operators"). */
export function isArnLike(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [partsOf(pattern), partsOf(arn)];
  return wanted.length === given.length && wanted.every((part, i) => isLike(part, given[i] ?? ''));
}
