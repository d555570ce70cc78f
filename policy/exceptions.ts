import type { PolicyConfigSchema } from '@pulumi/policy';

/** A resource that a rule ignores in one stack, and why. It is part of that stack's policy configuration. */
export interface Exception {
  /** End of the resource's URN, `TYPE::NAME`; `*` matches any characters. */
  readonly resource: string;
  readonly reason: string;
}

/** Settings that every rule has. */
export const EXCEPTIONS: PolicyConfigSchema['properties'] = {
  exceptions: {
    type: 'array',
    description: 'Resources that the rule ignores, each with the reason.',
    items: {
      type: 'object',
      properties: {
        resource: { type: 'string', minLength: 3 },
        reason: { type: 'string', minLength: 10 },
      },
      required: ['resource', 'reason'],
      additionalProperties: false,
    },
    default: [],
  },
};

/** The exception for a resource, if there is one. */
export function exceptionFor(urn: string, exceptions: readonly Exception[]): Exception | undefined {
  const [type = '', name = ''] = urn.split('::').slice(2);
  // A URN also names the types of the parents, each followed by `$`.
  const own = `${type.slice(type.lastIndexOf('$') + 1)}::${name}`;
  return exceptions.find(({ resource, reason }) => isReason(reason) && matches(resource, own));
}

/** By the schema, Pulumi refuses an exception without a reason. Where the schema is not checked, such an exception has no effect. */
function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && reason.trim() !== '';
}

/** Whether a text matches a pattern in which `*` matches any characters. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`, 's').test(text);
}
