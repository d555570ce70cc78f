import { parse } from 'yaml';

/** A `Pulumi.<stack>.yaml`, as its program gets it. */
export interface StackFile {
  /** Key with its namespace → text, objects as JSON. */
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const PROJECT = 'dynamodb-replicator';
const PASSWORD = `${PROJECT}:destinationPassword`;
const DESTINATION = `${PROJECT}:destination`;
const PLACEHOLDER = 'not read: it is a secret';

/**
 * Reads a stack's file. Nobody's key is needed: a secret is replaced by a placeholder, and so is the password that is set by
 * `pulumi config set --secret` and is not there in an example.
 */
export function readStackFile(text: string): StackFile {
  const config = ((parse(text) ?? {}) as { config?: Record<string, unknown> }).config ?? {};
  const secrets = Object.keys(config).filter((key) => isSecret(config[key]));
  const values = Object.entries(config).map(([key, value]): [string, string] => [
    key,
    isSecret(value) ? PLACEHOLDER : typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const destination = (config[DESTINATION] ?? {}) as Record<string, unknown>;
  const hasPassword =
    PASSWORD in config || 'passwordSecretArn' in destination || 'urlSecretArn' in destination;
  return hasPassword
    ? { config: Object.fromEntries(values), secrets }
    : { config: { ...Object.fromEntries(values), [PASSWORD]: PLACEHOLDER }, secrets: [...secrets, PASSWORD] };
}

function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'secure' in value;
}
