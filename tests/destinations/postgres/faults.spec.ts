import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseError } from 'pg';
import { SERVER_RULES } from '../../../runtime/destinations/postgres/connection/server-faults';
import { postgresDialect } from '../../../runtime/destinations/postgres/dialect';
import {
  classify,
  endsConnection,
  type FaultContext,
  hasSqlState,
} from '../../../runtime/destinations/postgres/faults';
import { shown } from '../shown';

const CONTEXT: FaultContext = {
  location: 'PostgreSQL on there',
  activity: 'statement',
  established: true,
  standby: false,
};
/** On a connection to a standby. */
const ON_STANDBY: FaultContext = { ...CONTEXT, standby: true };

/** An error of the server as the driver throws it. */
function databaseError(code: string, message = 'said by the server', detail?: string): Error {
  return Object.assign(new DatabaseError(message, 0, 'error'), { code, detail });
}

/** Every SQLSTATE of the table, one of each class in it, and an unknown one. */
const EVERY_CODE = new Set(
  SERVER_RULES.flatMap(({ codes }) => codes.map((code) => code.padEnd(5, '0'))).concat('ZZ123'),
);

type Expected = 'retry' | 'fatal';

/** Those whose messages may quote values of rows. */
const SILENT = ['22P02', '23514', '42P01', 'XX000'];

/** The errors of the server, and what happens later on and at the start. */
const ERRORS: readonly [string, string, Expected, Expected, RegExp][] = [
  ['40001', 'could not serialize access', 'retry', 'retry', /conflicted with another one/],
  ['40P01', 'deadlock detected', 'retry', 'retry', /conflicted with another one/],
  ['53300', 'sorry, too many clients already', 'retry', 'retry', /max_connections.*--postgres-connections/],
  ['57P01', 'terminating connection due to administrator command', 'retry', 'retry', /ended the connection/],
  ['57P02', 'terminating connection because of crash', 'retry', 'retry', /ended the connection/],
  ['57P03', 'the database system is starting up', 'retry', 'retry', /starting, stopping or recovering/],
  ['57014', 'canceling statement due to user request', 'retry', 'retry', /canceled/],
  [
    '25006',
    'cannot execute UPDATE in a read-only transaction',
    'retry',
    'retry',
    /accepts no writes.*writer's address/,
  ],
  [
    '0A000',
    'cannot alter type of a column used by a view or rule',
    'fatal',
    'fatal',
    /other objects depend on it/,
  ],
  ['55P03', 'canceling statement due to lock timeout', 'retry', 'retry', /holds a lock.*pg_stat_activity/],
  [
    '53100',
    'could not extend file: No space left on device',
    'retry',
    'retry',
    /cannot write to its disk.*Free or add space/,
  ],
  ['53200', 'out of memory', 'retry', 'retry', /ran out of memory.*work_mem/],
  ['58030', 'could not read block', 'retry', 'retry', /cannot write to its disk/],
  ['XX000', 'tuple concurrently updated', 'retry', 'retry', /Retrying/],
  ['08006', 'connection failure', 'retry', 'retry', /broke/],
  ['28P01', 'password authentication failed', 'retry', 'fatal', /rejected the password/],
  ['28000', 'no pg_hba.conf entry for host', 'retry', 'fatal', /pg_hba\.conf.*--postgres-tls/],
  ['3D000', 'database "x" does not exist', 'retry', 'fatal', /CREATE DATABASE/],
  [
    '42501',
    'permission denied for table orders',
    'retry',
    'fatal',
    /lacks a privilege.*dynamodb-replicator check/,
  ],
  ['57P04', 'database was dropped', 'fatal', 'fatal', /nothing to continue from/],
  [
    '23514',
    'violates check constraint "mine"',
    'fatal',
    'fatal',
    /constraint that was added by hand.*Drop it/,
  ],
  [
    '2BP01',
    'cannot drop table because other objects depend on it',
    'fatal',
    'fatal',
    /other objects depend on it/,
  ],
  ['42P01', 'relation "orders" does not exist', 'fatal', 'fatal', /changed by hand.*Undo/],
  ['XX001', 'invalid page in block 1', 'fatal', 'fatal', /damaged data/],
  [
    '22P02',
    'invalid input syntax',
    'fatal',
    'fatal',
    /rejected a statement.*\(22P02\).*update the replicator/,
  ],
];

describe('destination postgres: its fault table', () => {
  for (const [code, message, later, first, says] of ERRORS) {
    it(`${code} ${message}: ${later}${first === later ? '' : `, ${first} at the start`}`, () => {
      const error = databaseError(code, message);
      const seen = classify(error, CONTEXT) as Error & { kind: string };
      assert.equal(seen.kind, later);
      assert.match(seen.message, says);
      assert.ok(
        seen.message.includes(SILENT.includes(code) ? code : message),
        'the message of the server, or its code',
      );
      assert.ok(hasSqlState(seen.cause, code));
      assert.equal((classify(error, { ...CONTEXT, established: false }) as { kind: string }).kind, first);
    });
  }

  it('no class shows DETAIL, HINT, CONTEXT, or a message from within a function', () => {
    const MARK = 'zqzq';
    for (const code of EVERY_CODE)
      for (const activity of ['connect', 'statement', 'commit'] as const) {
        const error = Object.assign(databaseError(code, MARK, MARK), {
          ...{ hint: MARK, where: `PL/pgSQL function f() at RAISE: ${MARK}`, internalQuery: MARK },
          ...{ schema: MARK, table: MARK, column: MARK, dataType: MARK, constraint: MARK },
        });
        const seen = classify(error, { ...CONTEXT, activity }) as Error;
        assert.ok(!shown(seen).includes(MARK), `${code}: ${shown(seen)}`);
        assert.ok(hasSqlState(seen.cause, code));
      }
  });

  it('a message that may quote a value is omitted, but its names stay', () => {
    const QUOTING = ['invalid input syntax for type integer: "zqzq"', 'syntax error in tsquery: "zqzq"'];
    for (const code of [
      '22P02',
      '23505',
      '42601',
      '42P01',
      '42704',
      '3F000',
      '54000',
      'XX000',
      'P0001',
      '44000',
    ])
      for (const message of QUOTING) {
        const names = { schema: 'public', table: 'orders', column: 'note', constraint: 'by_hand' };
        const seen = classify(Object.assign(databaseError(code, message), names), CONTEXT) as Error;
        assert.ok(!shown(seen).includes('zqzq'), `${code}: ${shown(seen)}`);
        assert.match(seen.message, /table public\.orders, column note, constraint by_hand/, code);
      }
  });

  it('an error in the text of our own statement is shown, since it has no values', () => {
    const error = Object.assign(databaseError('42703', 'column "mine" does not exist'), { position: '8' });
    assert.match((classify(error, CONTEXT) as Error).message, /column "mine" does not exist/);
  });

  it('a row that another session of ours has just written is retried, without advice to drop a key', () => {
    for (const schema of ['_replicator', 'pg_catalog']) {
      const error = Object.assign(databaseError('23505', 'violates unique constraint "ledger_pkey"'), {
        schema,
      });
      const seen = classify(error, CONTEXT) as Error & { kind: string };
      assert.equal(seen.kind, 'retry');
      assert.doesNotMatch(seen.message, /[Dd]rop/);
    }
    const users = Object.assign(databaseError('23505'), { schema: 'public' });
    assert.equal((classify(users, CONTEXT) as { kind: string }).kind, 'fatal');
  });

  it('a commit that the server refused has not happened; the outcome of one without an answer is unknown', () => {
    const commit = { ...CONTEXT, activity: 'commit' as const };
    const nameOf = (error: Error) => (classify(error, commit) as Error).name;
    assert.equal(nameOf(databaseError('40001')), 'DestinationUnavailable');
    assert.equal(nameOf(databaseError('53100')), 'DestinationUnavailable');
    for (const code of ['57P01', '57P02', '08006', '40003'])
      assert.equal(nameOf(databaseError(code)), 'CommitOutcomeUnknown', code);
    const broken = [
      new Error('Connection terminated unexpectedly'),
      new Error('timeout expired'),
      new Error('Query read timeout'),
      Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
      Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    ];
    for (const error of broken) {
      assert.equal(nameOf(error), 'CommitOutcomeUnknown', error.message);
      assert.equal((classify(error, CONTEXT) as Error).name, 'DestinationUnavailable');
    }
  });

  it('shows no content of a row', () => {
    const said = (code: string, message: string, detail?: string) =>
      (classify(databaseError(code, message, detail), CONTEXT) as Error).message;
    const checked = said('23514', 'violates check constraint "mine"', 'Failing row contains (id, secret).');
    assert.doesNotMatch(checked, /secret/);
    assert.doesNotMatch(
      said('44000', 'new row violates check option', 'Failing row contains (secret).'),
      /secret/,
    );
    assert.doesNotMatch(said('22P02', 'invalid input syntax for type json: "secret"'), /secret/);
    assert.doesNotMatch(said('53100', 'could not extend file', 'of secret'), /secret/);
  });

  it('passes on errors that are not from PostgreSQL', () => {
    const bug = new TypeError('a bug');
    assert.equal(classify(bug, CONTEXT), bug);
    assert.equal(classify(bug, { ...CONTEXT, activity: 'commit' }), bug);
    assert.equal(classify('text', CONTEXT), 'text');
  });

  it('knows which errors require a new connection', () => {
    for (const code of ['57P01', '57P02', '57P03', '08006', '25006', '25P03'])
      assert.ok(endsConnection(databaseError(code), CONTEXT), code);
    assert.ok(endsConnection(new Error('Query read timeout'), CONTEXT), 'its answer may still come');
    for (const code of ['40001', '55P03', '53100', '22P02'])
      assert.ok(!endsConnection(databaseError(code), CONTEXT), code);
    assert.ok(endsConnection(databaseError('0A000'), ON_STANDBY));
    assert.ok(!endsConnection(databaseError('0A000'), CONTEXT));
  });
});

const GERMAN = 'kann den Read/Write-Modus einer Transaktion nicht während der Wiederherstellung setzen';

describe('destination postgres: a server with messages in another language', () => {
  it('is recognized as a standby by its state when the connection was made', () => {
    const seen = classify(databaseError('0A000', GERMAN), ON_STANDBY) as Error & { kind: string };
    assert.equal(seen.kind, 'retry');
    assert.match(seen.message, /accepts no writes/);
    const other = classify(databaseError('0A000', 'cannot do this during recovery'), CONTEXT);
    assert.equal((other as { kind: string }).kind, 'fatal');
  });

  it('is understood when it refuses the role access to the database', () => {
    const error = databaseError('42501', 'keine Berechtigung für Datenbank »shop«', 'Benutzer hat kein …');
    const seen = classify(error, { ...CONTEXT, activity: 'connect', established: false }) as Error;
    assert.match(seen.message, /GRANT CONNECT ON DATABASE/);
  });

  it('is judged by SQLSTATE alone: any message gives the same result', () => {
    const words = [
      GERMAN,
      'cannot set transaction read-write mode during recovery',
      'User does not have CONNECT privilege.',
      'too many connections for role "x"',
      'deadlock detected',
      '',
    ];
    for (const code of EVERY_CODE)
      for (const activity of ['connect', 'statement', 'commit'] as const)
        for (const standby of [true, false]) {
          const context = { ...CONTEXT, activity, standby };
          const outcomes = words.map((text) => {
            const error = databaseError(code, text, text);
            const { name } = classify(error, context) as Error;
            return `${name} ${endsConnection(error, context)}`;
          });
          assert.equal(new Set(outcomes).size, 1, `${code}, ${activity}: ${outcomes.join(', ')}`);
        }
  });

  it('meets no pattern: the code matches only messages of Node, the driver and the system', () => {
    const folder = join(__dirname, '../../../runtime/destinations/postgres');
    const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) =>
        readFileSync(join(folder, name), 'utf8')
          .split('\n')
          .filter((line) => ON_WORDS.test(line))
          .map((line) => `${name}: ${line.trim()}`),
      );
    assert.deepEqual(found, [
      'faults.ts: return (codes.length === 0 || codes.includes(code)) && (pattern.test(message) || pattern.test(code));',
    ]);
    assert.ok(SERVER_RULES.every((rule) => !('pattern' in rule)));
  });
});

/** A line that inspects a message, detail or hint. */
const ON_WORDS =
  /\.(?:test|exec)\([^)]*(?:message|detail|hint|words)\b|(?:message|detail|hint|words)\)?\.(?:includes|startsWith|endsWith|match|search|indexOf)\(/i;

describe('destination postgres: what it cannot store (rule D1)', () => {
  it('D1: U+0000 and half a surrogate pair, in text and escaped in JSON', () => {
    const half = '\ud800';
    for (const [text, says] of [
      ['a\0', /U\+0000/],
      [`a${half}`, /surrogate/],
    ] as const) {
      assert.match(postgresDialect.unrepresentable(text, 'text') ?? '', says);
      assert.match(postgresDialect.unrepresentable(JSON.stringify(text), 'json') ?? '', says);
      assert.match(postgresDialect.unrepresentable(JSON.stringify({ [text]: 1 }), 'json') ?? '', says);
      assert.match(postgresDialect.unrepresentable(JSON.stringify(`\\${text}`), 'json') ?? '', says);
    }
  });

  it('but nothing that only looks like it', () => {
    for (const text of ['😀', '\\u0000', '\\ud800', '\ue000', '\\\\u0000', '\u0001', '']) {
      assert.equal(postgresDialect.unrepresentable(text, 'text'), undefined, text);
      assert.equal(postgresDialect.unrepresentable(JSON.stringify(text), 'json'), undefined, text);
    }
  });
});
