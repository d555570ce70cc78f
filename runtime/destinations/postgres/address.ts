/** As libpq's `sslmode` of the same name. */
export type PostgresTls = 'verify-full' | 'verify-ca' | 'require' | 'disable';
export const TLS_MODES: readonly PostgresTls[] = ['verify-full', 'verify-ca', 'require', 'disable'];

/** What an address may say of a server. */
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

/** Parameters of an address. */
const KNOWN = ['sslmode', 'sslrootcert', 'host'];
/** They and whatever stands in them. */
const PARAMETERS = new RegExp(`[?](?:${KNOWN.join('|')})=.*$`, 's');
const ESCAPED = { '#': '%23', '/': '%2F', '?': '%3F', '@': '%40', '%': '%25' };

/** The parts of a `postgres://user:password@host:port/database?sslmode=…` address; none when it cannot be read. */
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
      wrong(`the address has the parameter ${name}; known are sslmode, sslrootcert and host`);
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
    wrong('the address has a % that is followed by no two digits: write % itself as %25');
    return undefined;
  }
}

/**
 * What of an address has to be written as %XX and is not: a character that ends the part before the host, which would make a host
 * or a database of what stands behind it. That may be a password, and is shown nowhere.
 */
function unescapedIn(address: string): string | undefined {
  const rest = address.replace(START, '').replace(PARAMETERS, '');
  const beforeHost = rest.slice(0, Math.max(rest.lastIndexOf('@'), 0));
  const character = rest.includes('#') ? '#' : /[/?]/.exec(beforeHost)?.[0];
  if (character === undefined) return undefined;
  const each = Object.entries(ESCAPED).map(([plain, escaped]) => `${plain} as ${escaped}`);
  return `the address has a ${character} in its user, password or database: write ${each.join(', ')}`;
}
