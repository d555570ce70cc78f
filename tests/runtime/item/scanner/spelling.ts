import { Buffer } from 'node:buffer';
import type { AttributeValue, Item } from '../../../../runtime/item/attribute-value';
import { Random } from '../../../../simulator/random';

/** A line of an export as DynamoDB writes it, without its newline. */
export function plainLine(item: Item): string {
  return new Spelling(new Random(0), 0).line(item);
}

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Invalid values, some of them valid JSON. */
const ODDITIES = [
  '{}',
  '{"S":1}',
  '{"S":null}',
  '{"N":1}',
  '{"N":"1","N":"2"}',
  '{"N":"1e"}',
  '{"N":" 1"}',
  '{"N":""}',
  '{"N":"-"}',
  '{"N":"."}',
  '{"N":"\\u0031"}',
  '{"N":"123456789012345678901234567890123456789"}',
  '{"S":"a","N":"1"}',
  '{"B":"A"}',
  '{"B":"AA=="}',
  '{"B":"AB=="}',
  '{"B":"AAE"}',
  '{"B":"A-_="}',
  '{"B":"AA==AA=="}',
  '{"B":"\\u0041A=="}',
  '{"BOOL":"true"}',
  '{"BOOL":1}',
  '{"NULL":false}',
  '{"NULL":"true"}',
  '{"SS":["a","a","\\n"]}',
  '{"SS":[1]}',
  '{"SS":[]}',
  '{"NS":["1.0","1"]}',
  '{"NS":["x"]}',
  '{"BS":["AA==","!"]}',
  '{"M":[]}',
  '{"L":{}}',
  '{"L":[{"S":"x"},]}',
  '{"M":{"x":{"S":"1"},"x":{"S":"2"}}}',
  '{"M":{"x":{"S":"1"},"\\u0078":{"S":"2"}}}',
  '{"M":{"b":{"S":"1"},"a":{"S":"2"},"b":{"S":"3"}}}',
  '{"X":{"S":"x"}}',
  '{"s":"x"}',
  '{"S":"x"',
  '{"S":"\\x"}',
  '{"S":"\\u12"}',
  '{"S":"\\ud800"}',
  '{"S":"\\ud83d\\u0041"}',
  '{"S":"\\u0000"}',
  '"x"',
  '[]',
  'null',
  '',
];

/** Writes items in any spelling that JSON allows. Some are invalid JSON, or not items. */
export class Spelling {
  /** @param oddness how often something differs from what DynamoDB would write, from 0 to 1 */
  constructor(
    private readonly random: Random,
    private readonly oddness: number,
  ) {}

  line(item: Item): string {
    const members = [...item].map(([name, value]) => this.member(name, value));
    if (this.odd()) members.sort(() => this.random.next() - 0.5);
    if (this.odd(0.3)) members.push(this.random.pick(members));
    if (this.odd(0.3)) members.splice(this.random.integer(0, members.length), 1);
    const object = `${this.gap()}{${members.join(this.comma())}}${this.gap()}`;
    const line = `${this.gap()}{${this.string(this.odd(0.2) ? 'item' : 'Item')}:${object}}${this.gap()}`;
    return this.odd(0.2) ? line.slice(0, this.random.integer(0, line.length)) : line;
  }

  private member(name: string, value: AttributeValue): string {
    return `${this.string(name)}${this.gap()}:${this.gap()}${this.value(value)}`;
  }

  private value(value: AttributeValue): string {
    if (this.odd(0.3)) return this.random.pick(ODDITIES);
    const [tag] = Object.keys(value) as [string];
    const gap = this.gap();
    return `{${gap}${this.string(tag)}:${this.gap()}${this.content(value)}${gap}}`;
  }

  private content(value: AttributeValue): string {
    if ('S' in value) return this.string(value.S);
    if ('N' in value) return this.string(value.N);
    if ('B' in value) return this.string(base64(value.B));
    if ('BOOL' in value) return String(value.BOOL);
    if ('NULL' in value) return 'true';
    if ('SS' in value) return this.list(value.SS.map((text) => this.string(text)));
    if ('NS' in value) return this.list(value.NS.map((text) => this.string(text)));
    if ('BS' in value) return this.list(value.BS.map((bytes) => this.string(base64(bytes))));
    if ('L' in value) return this.list(value.L.map((element) => this.value(element)));
    if ('M' in value) {
      const members = [...value.M].map(([name, member]) => this.member(name, member));
      if (members.length > 0 && this.odd(0.2)) members.push(this.random.pick(members));
      return `{${members.join(this.comma())}}`;
    }
    return value.unreadable;
  }

  private list(elements: readonly string[]): string {
    return `[${elements.join(this.comma())}]`;
  }

  private string(text: string): string {
    let out = '"';
    for (const character of text) {
      if (this.odd(0.3)) out += this.escaped(character);
      else if (character.length === 2) out += character;
      else out += JSON.stringify(character).slice(1, -1);
    }
    return out + '"';
  }

  private escaped(character: string): string {
    const short = SHORT_ESCAPES[character];
    if (short !== undefined && this.random.chance(0.5)) return short;
    const hex = Array.from({ length: character.length }, (_, i) => {
      const digits = character.charCodeAt(i).toString(16).padStart(4, '0');
      return `\\u${this.random.chance(0.5) ? digits : digits.toUpperCase()}`;
    });
    return hex.join('');
  }

  private comma(): string {
    return this.odd(0.3) ? `${this.gap()},${this.gap()}` : ',';
  }

  private gap(): string {
    return this.odd(0.1) ? this.random.pick([' ', '\t', '\r', '  ']) : '';
  }

  private odd(share = 1): boolean {
    return this.oddness > 0 && this.random.chance(this.oddness * share);
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Bytes damaged in a few places. */
export function damaged(bytes: Buffer, random: Random): Buffer {
  let result = bytes;
  for (let count = random.integer(1, 4); count > 0; count--) {
    const at = random.integer(0, result.length + 1);
    const end = Math.min(result.length, at + random.integer(0, 4));
    const [before, middle, after] = [result.subarray(0, at), result.subarray(at, end), result.subarray(end)];
    const instead = random.pick([
      Buffer.alloc(0),
      Buffer.of(random.integer(0, 256)),
      Buffer.from(random.pick([...'"\\{}[]:,0-.eE =/\n\t\u007fé😀'])),
      Buffer.concat([middle, middle]),
      result.subarray(random.integer(0, at + 1), at),
    ]);
    result = Buffer.concat([before, instead, random.chance(0.5) ? middle : Buffer.alloc(0), after]);
  }
  return result;
}
