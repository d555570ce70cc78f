import type { PolicyConfigSchema } from '@pulumi/policy';

/** A resource that a rule lets pass in one stack, and why. It stands in that stack's policy configuration. */
export interface Exception {
  /** `TYPE::NAME` as the resource's URN ends; `*` stands for any characters. */
  readonly resource: string;
  readonly reason: string;
}

/** What every rule can be given. */
export const EXCEPTIONS: PolicyConfigSchema['properties'] = {
  exceptions: {
    type: 'array',
    description: 'Resources that the rule lets pass, each with the reason.',
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
  // A URN names the types of the parents too, each with `$` behind it.
  const own = `${type.slice(type.lastIndexOf('$') + 1)}::${name}`;
  return exceptions.find(({ resource, reason }) => isReason(reason) && matches(resource, own));
}

/** Pulumi refuses an exception without one by the schema; where the schema is not looked at, it lets nothing pass. */
function isReason(reason: unknown): boolean {
  return typeof reason === 'string' && reason.trim() !== '';
}

/** Whether a text fits a pattern in which `*` stands for any characters. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*');
  return new RegExp(`^${escaped}$`, 's').test(text);
}
