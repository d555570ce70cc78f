import { matches } from '../exceptions';

/** Configuration of rules that ask for more in production, where it costs. */
export interface Production {
  readonly productionStacks: readonly string[];
}

export const PRODUCTION = {
  productionStacks: {
    type: 'array',
    items: { type: 'string' },
    description: 'Names of stacks that are production.',
    default: ['prod', 'prod-*', '*-prod', 'production*'],
  },
} as const satisfies Readonly<Record<string, object>>;

/** Whether a resource belongs to a stack of production. */
export function isProduction(urn: string, { productionStacks }: Production): boolean {
  const stack = stackOf(urn);
  return productionStacks.some((pattern) => matches(pattern, stack));
}

/** Name of the stack in a URN, `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
export function stackOf(urn: string): string {
  return urn.split('::')[0]?.split(':')[2] ?? '';
}
