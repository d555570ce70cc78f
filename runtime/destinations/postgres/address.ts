/** With the meaning of libpq's `sslmode` of the same name. */
export type PostgresTls = 'verify-full' | 'verify-ca' | 'require' | 'disable';
export const TLS_MODES: readonly PostgresTls[] = ['verify-full', 'verify-ca', 'require', 'disable'];

/** The parts of an address. Each is optional. */
export interface AddressParts {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly database: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly tls: PostgresTls | undefined;
  readonly tlsCaFile: string | undefined;
}

const START = /^postgres(ql)?:\/\//i;

export function isAddress(text: string): boolean {
  return START.test(text);
}

/** The parameters that an address may have. */
const KNOWN = ['sslmode', 'sslrootcert', 'host'];
/** The parameters, with their values. */
const PARAMETERS = new RegExp(`[?](?:${KNOWN.join('|')})=.*$`, 's');
const ESCAPED = { '#': '%23', '/': '%2F', '?': '%3F', '@': '%40', '%': '%25' };

/**
 * Parses a `postgres://user:password@host:port/database?sslmode=…` address. Reports each problem to `wrong`.
 * `undefined`: it cannot be parsed.
 */
export function addressParts(
  address: string,
  wrong: (problem: string) => void,
): Partial<AddressParts> | undefined {
  const unescaped = unescapedIn(address);
  if (unescaped !== undefined) {
    wrong(unescaped);
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    wrong('expected postgres://USER@HOST:PORT/DATABASE, PORT up to 65535, special characters as %XX');
    return undefined;
  }
  const parameters = new Map(url.searchParams);
  for (const name of parameters.keys()) {
    if (!KNOWN.includes(name))
      wrong(`unknown parameter ${name} in the address: use only sslmode, sslrootcert and host`);
  }
  const tls = parameters.get('sslmode');
  if (tls !== undefined && !TLS_MODES.includes(tls as PostgresTls))
    wrong(`sslmode=${tls}: expected ${TLS_MODES.join(', ')}`);
  const text = (part: string) => (part === '' ? undefined : decodeURIComponent(part));
  try {
    return {
      host: parameters.get('host') ?? text(url.hostname.replace(/^\[(.*)\]$/, '$1')),
      port: url.port === '' ? undefined : Number(url.port),
      database: text(url.pathname.slice(1)),
      user: text(url.username),
      password: text(url.password),
      tls: tls as PostgresTls | undefined,
      tlsCaFile: parameters.get('sslrootcert'),
    };
  } catch {
    wrong('the address has a % without two hexadecimal digits after it: write % itself as %25');
    return undefined;
  }
}

/**
 * The problem of an address with an unescaped character that ends the part before the host. Such a character would
 * turn what follows it into a host or a database. That may be a password, so it appears in no message.
 */
function unescapedIn(address: string): string | undefined {
  const rest = address.replace(START, '').replace(PARAMETERS, '');
  const beforeHost = rest.slice(0, Math.max(rest.lastIndexOf('@'), 0));
  const character = rest.includes('#') ? '#' : /[/?]/.exec(beforeHost)?.[0];
  if (character === undefined) return undefined;
  const each = Object.entries(ESCAPED).map(([plain, escaped]) => `${plain} as ${escaped}`);
  return `the address has a ${character} in its user, password or database. Write ${each.join(', ')}`;
}
