import type { Random } from '../../../../../simulator/random';
import type { Wire } from '../../operation';
import { ATTRIBUTES, INNER, attributeValue, number, value, valueOf } from './values';
import type { Attribute } from './values';

/** The placeholders of a request's expressions. */
export class Placeholders {
  private readonly names = new Map<string, string>();
  private readonly values: Wire[] = [];

  name(attribute: string): string {
    const known = this.names.get(attribute) ?? `#n${this.names.size}`;
    this.names.set(attribute, known);
    return known;
  }

  value(given: Wire): string {
    return `:v${this.values.push(given) - 1}`;
  }

  /** The members of the request. */
  get members(): Wire {
    return {
      ...(this.names.size > 0
        ? {
            ExpressionAttributeNames: Object.fromEntries(
              [...this.names].map(([name, placeholder]) => [placeholder, name]),
            ),
          }
        : {}),
      ...(this.values.length > 0
        ? {
            ExpressionAttributeValues: Object.fromEntries(this.values.map((each, i) => [`:v${i}`, each])),
          }
        : {}),
    };
  }
}

function path(random: Random, placeholders: Placeholders): string {
  if (random.chance(0.15)) return `${placeholders.name('doc')}.${placeholders.name(random.pick(INNER))}`;
  if (random.chance(0.1)) return `${placeholders.name('list')}[${random.integer(0, 3)}]`;
  return placeholders.name(random.pick(ATTRIBUTES));
}

const TYPE_NAMES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];
const EQUALITIES = ['=', '<>'];
const ORDERS = ['<', '<=', '>', '>='];

type Make = (random: Random, placeholders: Placeholders) => string;

const TESTS: readonly Make[] = [
  (random, of) => `attribute_exists(${path(random, of)})`,
  (random, of) => `attribute_not_exists(${path(random, of)})`,
  (random, of) => `attribute_type(${path(random, of)}, ${of.value({ S: random.pick(TYPE_NAMES) })})`,
  (random, of) => `begins_with(${of.name('text')}, ${of.value({ S: random.pick(['', 'p', 'A', 'é']) })})`,
  (random, of) => `contains(${of.name('tags')}, ${of.value(valueOf(random, 'S'))})`,
  (random, of) => `contains(${of.name('marks')}, ${of.value({ N: String(random.integer(0, 9)) })})`,
  (random, of) => `contains(${of.name('list')}, ${of.value(value(random, 0))})`,
  (random, of) =>
    `size(${of.name(random.pick(['tags', 'list', 'doc', 'text', 'bytes']))}) ${random.pick([...EQUALITIES, ...ORDERS])} ${of.value({ N: String(random.integer(0, 4)) })}`,
  (random, of) => {
    const name = random.pick(ATTRIBUTES);
    return `${of.name(name)} ${random.pick(EQUALITIES)} ${of.value(attributeValue(random, name))}`;
  },
  (random, of) => `${of.name('count')} ${random.pick(ORDERS)} ${of.value({ N: number(random) })}`,
  (random, of) => `${of.name('text')} ${random.pick(ORDERS)} ${of.value(valueOf(random, 'S'))}`,
  (random, of) => {
    const low = random.integer(-20, 10);
    const high = low + random.integer(0, 10);
    return `${of.name('count')} BETWEEN ${of.value({ N: String(low) })} AND ${of.value({ N: String(high) })}`;
  },
  (random, of) =>
    `${of.name('count')} IN (${of.value({ N: number(random) })}, ${of.value({ N: String(random.integer(-5, 5)) })})`,
];

/** A condition or filter on non-key attributes. */
export function condition(random: Random, placeholders: Placeholders, depth = 2): string {
  if (depth === 0 || random.chance(0.6)) return random.pick(TESTS)(random, placeholders);
  const left = condition(random, placeholders, depth - 1);
  if (random.chance(0.3)) return `NOT (${left})`;
  return `(${left}) ${random.pick(['AND', 'OR'])} ${condition(random, placeholders, depth - 1)}`;
}

interface Action {
  readonly attribute: Attribute;
  readonly section: 'SET' | 'REMOVE' | 'ADD' | 'DELETE';
  readonly text: Make;
}

const ACTIONS: readonly Action[] = [
  ...ATTRIBUTES.map(
    (attribute): Action => ({
      attribute,
      section: 'SET',
      text: (random, of) => `${of.name(attribute)} = ${of.value(attributeValue(random, attribute))}`,
    }),
  ),
  ...ATTRIBUTES.map(
    (attribute): Action => ({
      attribute,
      section: 'REMOVE',
      text: (_, of) => of.name(attribute),
    }),
  ),
  {
    attribute: 'count',
    section: 'SET',
    text: (random, of) =>
      `${of.name('count')} = ${of.name('count')} ${random.pick(['+', '-'])} ${of.value({ N: number(random) })}`,
  },
  {
    attribute: 'count',
    section: 'SET',
    text: (_, of) =>
      `${of.name('count')} = if_not_exists(${of.name('count')}, ${of.value({ N: '0' })}) + ${of.value({ N: '1' })}`,
  },
  {
    attribute: 'text',
    section: 'SET',
    text: (random, of) =>
      `${of.name('text')} = if_not_exists(${of.name(random.pick(ATTRIBUTES))}, ${of.value(value(random))})`,
  },
  {
    attribute: 'list',
    section: 'SET',
    text: (random, of) => {
      const more = of.value(valueOf(random, 'L'));
      const list = random.chance(0.5)
        ? of.name('list')
        : `if_not_exists(${of.name('list')}, ${of.value({ L: [] })})`;
      return `${of.name('list')} = list_append(${random.chance(0.5) ? `${list}, ${more}` : `${more}, ${list}`})`;
    },
  },
  {
    attribute: 'list',
    section: 'SET',
    text: (random, of) => `${of.name('list')}[${random.integer(0, 6)}] = ${of.value(value(random))}`,
  },
  {
    attribute: 'list',
    section: 'REMOVE',
    text: (random, of) => `${of.name('list')}[${random.integer(0, 3)}]`,
  },
  {
    attribute: 'doc',
    section: 'SET',
    text: (random, of) => `${of.name('doc')}.${of.name(random.pick(INNER))} = ${of.value(value(random))}`,
  },
  {
    attribute: 'doc',
    section: 'REMOVE',
    text: (random, of) => `${of.name('doc')}.${of.name(random.pick(INNER))}`,
  },
  {
    attribute: 'count',
    section: 'ADD',
    text: (random, of) => `${of.name('count')} ${of.value({ N: random.chance(0.2) ? '0' : number(random) })}`,
  },
  ...(['ADD', 'DELETE'] as const).flatMap((section): Action[] => [
    {
      attribute: 'tags',
      section,
      text: (random, of) => `${of.name('tags')} ${of.value(valueOf(random, 'SS'))}`,
    },
    {
      attribute: 'marks',
      section,
      text: (random, of) => `${of.name('marks')} ${of.value(valueOf(random, 'NS'))}`,
    },
  ]),
];

/** One to three changes of different attributes. */
export function update(random: Random, placeholders: Placeholders): string {
  const actions: Action[] = [];
  for (let more = random.integer(1, 4); more > 0; more--) {
    const action = random.pick(ACTIONS);
    if (!actions.some(({ attribute }) => attribute === action.attribute)) actions.push(action);
  }
  return (['SET', 'REMOVE', 'ADD', 'DELETE'] as const)
    .map((section) => ({ section, of: actions.filter((action) => action.section === section) }))
    .filter(({ of }) => of.length > 0)
    .map(({ section, of }) => `${section} ${of.map(({ text }) => text(random, placeholders)).join(', ')}`)
    .join(' ');
}

/** Some attributes, or parts of them. */
export function projection(random: Random, placeholders: Placeholders): string {
  const names = ATTRIBUTES.filter((name) => name !== 'doc' && name !== 'list' && random.chance(0.3));
  const paths = [...names.map((name) => placeholders.name(name))];
  if (random.chance(0.5)) paths.push(`${placeholders.name('doc')}.${placeholders.name(random.pick(INNER))}`);
  if (random.chance(0.5)) paths.push(`${placeholders.name('list')}[${random.integer(0, 3)}]`);
  return paths.length > 0 ? paths.join(', ') : placeholders.name('count');
}
