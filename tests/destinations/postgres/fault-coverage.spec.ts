import assert from 'node:assert/strict';
import * as dns from 'node:dns';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { DatabaseError } from 'pg';
import { DestinationUnavailable, DestinationUnusable } from '../../../runtime/destinations/errors';
import { classify, endsConnection, type FaultContext } from '../../../runtime/destinations/postgres/faults';

const CONTEXT: FaultContext = {
  location: 'PostgreSQL on there',
  activity: 'statement',
  established: true,
  standby: false,
};

/** The class of an error, which the table has to have. */
function classOf(error: Error): DestinationUnavailable | DestinationUnusable {
  const seen = classify(error, CONTEXT);
  const what = `${error.name} ${(error as { code?: string }).code ?? ''}: ${error.message}`;
  assert.ok(seen instanceof DestinationUnavailable || seen instanceof DestinationUnusable, what);
  assert.doesNotMatch(seen.message, /unforeseen/, what);
  return seen;
}

const MODULES = join(__dirname, '../../../node_modules');

/** The source folder of a package. */
function sourcesOf(name: string, folder: string): string {
  return join(MODULES, name, folder);
}

/** The driver and its parts. The bindings of libpq are another driver. */
const SOURCES = [
  sourcesOf('pg', 'lib'),
  sourcesOf('pg-protocol', 'dist'),
  sourcesOf('pg-pool', '.'),
  sourcesOf('pg-connection-string', '.'),
  sourcesOf('pg-copy-streams', '.'),
];

interface Thrown {
  readonly message: string;
  readonly type: string;
  readonly where: string;
}

/** Every literal message where an error is created. Placeholders become `x`. */
function thrownIn(path: string): Thrown[] {
  const source = readFileSync(path, 'utf8');
  const made =
    /(?:new (?<type>\w*Error)|(?<certificate>x509Error))\(\s*(?<quote>['"`])(?<text>.*?)(?<!\\)\k<quote>/gs;
  return [...source.matchAll(made)].map(({ groups = {}, index }) => ({
    message:
      (groups['certificate'] === undefined ? '' : 'SASL channel binding: ') +
      (groups['text'] ?? '').replaceAll(/\$\{.*?\}/gs, 'x').replaceAll('\\', ''),
    type: groups['type'] ?? 'Error',
    where: `${path}:${source.slice(0, index).split('\n').length}`,
  }));
}

function driverMessages(): readonly Thrown[] {
  return SOURCES.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js') && !/native|test|node_modules|\.min\./.test(name))
      .flatMap((name) => thrownIn(join(folder, name))),
  );
}

/** Classes of the manual's appendix "PostgreSQL Error Codes", except success and warnings. */
const SQLSTATE_CLASSES = [
  ...['02', '03', '08', '09', '0A', '0B', '0F', '0L', '0P', '0Z', '10', '20', '21', '22', '23', '24', '25'],
  ...['26', '27', '28', '2B', '2D', '2F', '34', '38', '39', '3B', '3D', '3F', '40', '42', '44', '53', '54'],
  ...['55', '57', '58', 'F0', 'HV', 'P0', 'XX'],
];

/** From Node's documentation, "TLS: X509 certificate error codes". */
const CERTIFICATE_CODES = [
  ...['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_CRL', 'UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'CERT_REVOKED'],
  ...['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'CERT_SIGNATURE_FAILURE'],
  ...[
    'CRL_SIGNATURE_FAILURE',
    'CERT_NOT_YET_VALID',
    'CERT_HAS_EXPIRED',
    'CRL_NOT_YET_VALID',
    'CRL_HAS_EXPIRED',
  ],
  ...['ERROR_IN_CERT_NOT_BEFORE_FIELD', 'ERROR_IN_CERT_NOT_AFTER_FIELD', 'ERROR_IN_CRL_LAST_UPDATE_FIELD'],
  ...['ERROR_IN_CRL_NEXT_UPDATE_FIELD', 'OUT_OF_MEM', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'CERT_CHAIN_TOO_LONG'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...['INVALID_CA', 'PATH_LENGTH_EXCEEDED', 'INVALID_PURPOSE', 'CERT_UNTRUSTED', 'CERT_REJECTED'],
  ...['HOSTNAME_MISMATCH', 'ERR_TLS_CERT_ALTNAME_INVALID'],
];

const STREAM_CODES = [
  ...['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ABORT_ERR'],
  ...['ERR_STREAM_ALREADY_FINISHED', 'ERR_STREAM_UNABLE_TO_PIPE', 'ERR_SOCKET_CLOSED'],
  ...['ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'ERR_SOCKET_CONNECTION_TIMEOUT'],
];

const withCode = (code: string, message = `it failed with ${code}`) =>
  Object.assign(new Error(message), { code });

describe('destination postgres: every error of its driver has a class', () => {
  it('each message in the sources of pg and its parts', () => {
    const messages = driverMessages();
    assert.ok(messages.length > 70, `${messages.length} messages were found`);
    for (const text of ['Query read timeout', 'timeout expired', 'SASL: Last message was not SASLResponse'])
      assert.ok(
        messages.some(({ message }) => message === text),
        text,
      );
    for (const { message, type, where } of messages) {
      const error = type === 'TypeError' ? new TypeError(message) : new Error(message);
      try {
        classOf(error);
      } catch (cause) {
        throw new Error(`${where}: ${message}`, { cause });
      }
    }
  });

  it('each error of a system call or DNS lookup, and each is retried', () => {
    const codes = [...getSystemErrorMap().values()].map(([code]) => code);
    const names = (Object.values(dns) as unknown[]).filter((value) => typeof value === 'string');
    assert.ok(codes.length > 60 && names.length > 15);
    for (const code of [...codes, ...names.filter((name) => /^E[A-Z]+$/.test(name))]) {
      assert.ok(classOf(withCode(code)) instanceof DestinationUnavailable, code);
    }
    for (const code of ['EAI_AGAIN', 'EAI_FAIL', 'EADDRNOTAVAIL', 'ENETDOWN', 'EPROTO', 'E2BIG'])
      assert.ok(codes.includes(code), code);
  });

  it('each class of the server’s errors', () => {
    for (const sqlState of SQLSTATE_CLASSES) {
      const code = `${sqlState}0ZZ`;
      classOf(Object.assign(new DatabaseError('said by the server', 0, 'error'), { code }));
    }
  });

  it('a stream that ended is retried on a new connection', () => {
    for (const code of STREAM_CODES) {
      const error = withCode(code);
      assert.ok(classOf(error) instanceof DestinationUnavailable, code);
      assert.ok(code === 'ERR_SOCKET_CONNECTION_TIMEOUT' || endsConnection(error, CONTEXT), code);
    }
  });

  it('a failed certificate or handshake stops the start, and is retried later', () => {
    for (const code of [...CERTIFICATE_CODES, 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_TLS_HANDSHAKE_TIMEOUT']) {
      const error = withCode(code);
      assert.ok(classOf(error) instanceof DestinationUnavailable, code);
      assert.ok(classify(error, { ...CONTEXT, established: false }) instanceof DestinationUnusable, code);
    }
  });
});

describe('destination postgres: an unknown error', () => {
  for (const error of [new Error('the moon is full'), withCode('ERR_NEW_IN_NODE_30'), withCode('ZZ123')]) {
    it(`is retried on a new connection, and shown: ${error.message}`, () => {
      const seen = classify(error, CONTEXT);
      assert.ok(seen instanceof DestinationUnavailable, String(seen));
      assert.match(seen.message, /unforeseen way.*Retrying/);
      assert.ok(seen.message.includes(error.message) || seen.message.includes('(ZZ123)'));
      assert.equal((seen.cause as { code?: string }).code, (error as { code?: string }).code);
      assert.ok(endsConnection(error, CONTEXT));
    });
  }

  it('in a commit leaves the outcome unknown', () => {
    const seen = classify(new Error('the moon is full'), { ...CONTEXT, activity: 'commit' }) as Error;
    assert.equal(seen.name, 'CommitOutcomeUnknown');
  });
});
