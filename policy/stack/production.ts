import { matches } from '../exceptions';

/** Setting of rules that require more in production because it costs money. */
export interface Production {
  readonly productionStacks: readonly string[];
}

export const PRODUCTION = {
  productionStacks: {
    type: 'array',
    items: { type: 'string' },
    description: 'Names of production stacks.',
    default: ['prod', 'prod-*', '*-prod', 'production*'],
  },
} as const satisfies Readonly<Record<string, object>>;

/** Whether a resource belongs to a production stack. */
export function isProduction(urn: string, { productionStacks }: Production): boolean {
  const stack = stackOf(urn);
  return productionStacks.some((pattern) => matches(pattern, stack));
}

/** Name of the stack in a URN, `urn:pulumi:STACK::PROJECT::TYPE::NAME`. */
export function stackOf(urn: string): string {
  return urn.split('::')[0]?.split(':')[2] ?? '';
}
