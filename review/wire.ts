/** Values as a program sends them to Pulumi's engine. Source: Pulumi's resource protocol, "special signatures". */

const SIGNATURE = '4dabf18193072939515e22adb298388d';
const SECRET = '1b47061264138c4ac30d75fd1eb44270';

/** What an unknown text is to a policy pack. Source: @pulumi/policy, `unknownStringValue` in proxy.ts. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

/** Whether it is not known before something is created. */
export function isUnknown(value: unknown): boolean {
  return (value as { __pulumiUnknown?: boolean } | null | undefined)?.__pulumiUnknown === true;
}

export function isSecret(value: unknown): value is { readonly value: unknown } {
  return (value as Readonly<Record<string, unknown>> | null | undefined)?.[SIGNATURE] === SECRET;
}

/** As a policy sees it: secrets without their marks, what is not known as such, and nothing that is `undefined`. */
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
