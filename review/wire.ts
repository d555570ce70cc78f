/** Values as a program sends them to Pulumi's engine. Source: Pulumi's resource protocol, "special signatures". */

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** An unknown text as a policy pack sees it. Source: @pulumi/policy, `unknownStringValue` in proxy.ts. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Whether the value is unknown until a resource is created. */
export function isUnknown(value: unknown): boolean {
  return (value as { __pulumiUnknown?: boolean } | null | undefined)?.__pulumiUnknown === true;
}

export function isSecret(value: unknown): value is { readonly value: unknown } {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[SIGNATURE] === SECRET;
}

/** The value as a policy sees it: secrets unwrapped, unknown values as `UNKNOWN`, and no properties that are `undefined`. */
export function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isUnknown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (isSecret(value)) return plain(value.value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key, plain(inner)]),
  );
}
