import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { DestinationUnavailable, DestinationUnusable } from '../../../runtime/destinations/errors';
import { type PostgresSettings, postgresSettings } from '../../../runtime/destinations/postgres/config';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { findInstallations, LocalPostgres, NoPostgres } from '../../../demo/postgres';
import { asAdministrator, requirePostgres } from '../../postgres-server';
import { skipLoudly } from '../../skip-loudly';
import { checkpoint, ORDERS } from '../conformance/orders';
import { NO_SECRETS, postgresFixture, type PostgresFixture, settingsOf } from '../postgres-fixture';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';

describe('destination postgres: logging in', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let folder: string;
  let role: string;
  beforeEach(async () => {
    fixture = await postgresFixture();
    folder = mkdtempSync(join(tmpdir(), 'replicator-login-'));
    role = `login_${fixture.database.name}`;
    await asAdministrator(`CREATE ROLE ${role} LOGIN PASSWORD 'first'`);
    await asAdministrator(`GRANT CREATE ON DATABASE ${fixture.database.name} TO ${role}`);
  });
  afterEach(async () => {
    await fixture.cleanup();
    await asAdministrator(`DROP ROLE ${role}`);
    rmSync(folder, { recursive: true, force: true });
  });

  const settings = (password: PostgresSettings['password'], changed: Partial<PostgresSettings> = {}) => ({
    ...fixture.settings,
    user: role,
    password,
    ...changed,
  });
  const endConnections = () =>
    asAdministrator(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '${role}'`);
  const target = { ...ORDERS, schema: 'own' };

  it('a wrong password stops the start, and the message names where a password may come from', async () => {
    const wrong = new PostgresDestination(settings({ from: 'settings', password: 'wrong' }), NO_SECRETS);
    await assert.rejects(wrong.probe(), (error) => {
      assert.ok(error instanceof DestinationUnusable, String(error));
      assert.match(
        error.message,
        /rejected the password.*DYNAMODB_REPLICATOR_POSTGRES_PASSWORD.*--postgres-password-file/,
      );
      return true;
    });
    const none = new PostgresDestination(settings({ from: 'nowhere' }), NO_SECRETS);
    await assert.rejects(none.probe(), {
      kind: 'fatal',
      message: /requires a password|rejected the password/,
    });
    const missing = new PostgresDestination(
      settings({ from: 'file', path: join(folder, 'none') }),
      NO_SECRETS,
    );
    await assert.rejects(missing.probe(), {
      kind: 'fatal',
      message: /password file .*none cannot be read \(ENOENT\)/,
    });
    const elsewhere = new PostgresDestination(
      settings({ from: 'settings', password: 'first' }, { database: 'not there' }),
      NO_SECRETS,
    );
    await assert.rejects(elsewhere.probe(), {
      kind: 'fatal',
      message: /"not there" does not exist.*CREATE DATABASE/,
    });
  });

  it('a file is read at every login', async () => {
    const path = join(folder, 'password');
    writeFileSync(path, 'first\n');
    const destination = new PostgresDestination(settings({ from: 'file', path }), NO_SECRETS);
    const store = await destination.lease(target);
    await asAdministrator(`ALTER ROLE ${role} PASSWORD 'second'`);
    writeFileSync(path, 'second');
    await endConnections();
    await store.save(checkpoint('second'));
    await store.release();
    await destination.close();
  });

  it('a secret is read once, and again when a login with it fails', async () => {
    let password = 'first';
    let reads = 0;
    const readSecret = async (arn: string) => {
      assert.equal(arn, ARN);
      reads += 1;
      return password;
    };
    const destination = new PostgresDestination(settings({ from: 'secret', arn: ARN }), { readSecret });
    const store = await destination.lease(target);
    await store.save(checkpoint('first'));
    assert.equal(reads, 1);
    await asAdministrator(`ALTER ROLE ${role} PASSWORD 'second'`);
    await endConnections();
    // The rotation is not finished: a login that worked before is retried.
    await assert.rejects(store.save(checkpoint('too early')), (error) => {
      assert.ok(error instanceof DestinationUnavailable, String(error));
      return true;
    });
    password = 'second';
    await store.save(checkpoint('second'));
    assert.ok(reads >= 3);
    const before = reads;
    await endConnections();
    await store.save(checkpoint('third'));
    assert.equal(reads, before, 'a working secret is not read again');
    await store.release();
    await destination.close();
  });

  it('a secret as RDS writes it provides what the settings omit', async () => {
    const { host, port, database } = fixture.settings;
    const secret = { engine: 'postgres', username: role, password: 'first', host, port, dbname: database };
    const open = (given: Parameters<typeof postgresSettings>[1], text: string) => {
      const read = postgresSettings('postgres', { passwordSecret: ARN, tls: 'disable', ...given });
      assert.ok('settings' in read, JSON.stringify(read));
      return new PostgresDestination(read.settings, { readSecret: async () => text });
    };
    const destination = open({}, JSON.stringify(secret));
    const { rows } = await destination.query('SELECT current_user, current_database()');
    assert.deepEqual(rows, [[role, database]]);
    await destination.close();
    const other = open({ database: 'postgres' }, JSON.stringify({ ...secret, port: String(port) }));
    assert.deepEqual((await other.query('SELECT current_database()')).rows, [['postgres']]);
    await other.close();
    await assert.rejects(open({}, 'a password alone').probe(), {
      kind: 'fatal',
      message: /The secret has no host/,
    });
    await assert.rejects(open({ host }, '{"username":"x"}').probe(), {
      kind: 'fatal',
      message: /JSON without "password"/,
    });
  });
});

describe('destination postgres: TLS', () => {
  let folder: string;
  let postgres: LocalPostgres;
  let plain: LocalPostgres;
  before(async function () {
    if (findInstallations().length === 0) skipLoudly(this, new NoPostgres().message);
    folder = mkdtempSync(join(tmpdir(), 'replicator-tls-'));
    if (!makeCertificate(folder)) skipLoudly(this, 'there is no openssl to make a certificate with');
    [postgres, plain] = await Promise.all([LocalPostgres.start(), LocalPostgres.start()]);
    await postgres.halt('fast');
    for (const name of ['server.crt', 'server.key']) give(join(folder, name), postgres);
    // The certificate is for the name localhost.
    await postgres.startAgain({ ssl: 'on' });
  });
  after(async () => {
    await postgres?.stop();
    await plain?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  const open = (changed: Partial<PostgresSettings>, server = postgres) =>
    new PostgresDestination({ ...settingsOf(server.url()), ...changed }, NO_SECRETS);
  const encrypted = async (changed: Partial<PostgresSettings>) => {
    const destination = open(changed);
    try {
      const { rows } = await destination.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
      return rows[0]?.[0] === 't';
    } finally {
      await destination.close();
    }
  };
  const authority = () => join(folder, 'server.crt');

  it('checks authority and name, or only the authority, as configured', async () => {
    assert.equal(await encrypted({ tls: 'verify-full', host: 'localhost', tlsCaFile: authority() }), true);
    assert.equal(await encrypted({ tls: 'verify-ca', host: '127.0.0.1', tlsCaFile: authority() }), true);
    const bundle = join(folder, 'bundle.pem');
    const others = rootCertificates.slice(0, 3);
    writeFileSync(
      bundle,
      ['Some authorities', ...others, readFileSync(authority(), 'utf8'), ''].join('\r\n'),
    );
    assert.equal(await encrypted({ tls: 'verify-full', host: 'localhost', tlsCaFile: bundle }), true);
    assert.equal(await encrypted({ tls: 'require', host: '127.0.0.1' }), true);
    assert.equal(await encrypted({ tls: 'disable', host: '127.0.0.1' }), false);
  });

  it('refuses a certificate of an unknown authority or for another name, with the fix', async () => {
    const unknown = open({ tls: 'verify-full', host: 'localhost' });
    await assert.rejects(unknown.probe(), {
      kind: 'fatal',
      message: /not trusted.*--postgres-tls-ca-file.*rds/,
    });
    const system = open({ tls: 'verify-full', host: 'localhost', tlsCaFile: 'system' });
    await assert.rejects(system.probe(), { kind: 'fatal', message: /not trusted/ });
    const otherName = open({ tls: 'verify-full', host: '127.0.0.1', tlsCaFile: authority() });
    await assert.rejects(otherName.probe(), {
      kind: 'fatal',
      message: /not trusted.*host name that is in the certificate/,
    });
    const noFile = open({ tls: 'verify-full', host: 'localhost', tlsCaFile: join(folder, 'none') });
    await assert.rejects(noFile.probe(), { kind: 'fatal', message: /authorities .*none cannot be read/ });
    const noTls = open({ tls: 'require' }, plain);
    await assert.rejects(noTls.probe(), {
      kind: 'fatal',
      message: /does not offer TLS.*--postgres-tls disable/,
    });
  });

  it('checks against authorities that are given as text', async () => {
    const own = readFileSync(authority(), 'utf8');
    const bundle = ['Some authorities', ...rootCertificates.slice(0, 3), own].join('\n');
    for (const tlsCa of [own, bundle])
      assert.equal(await encrypted({ tls: 'verify-full', host: 'localhost', tlsCa }), true);
    const [other = ''] = rootCertificates;
    const unknown = open({ tls: 'verify-full', host: 'localhost', tlsCa: other });
    await assert.rejects(unknown.probe(), { kind: 'fatal', message: /not trusted.*tlsCaSecretArn/ });
    const otherName = open({ tls: 'verify-full', host: '127.0.0.1', tlsCa: own });
    await assert.rejects(otherName.probe(), { kind: 'fatal', message: /not trusted/ });
  });

  it('is reported by check', async () => {
    const destination = open({ tls: 'verify-full', host: 'localhost', tlsCaFile: authority() });
    const lines = await destination.check([]);
    const line = lines.find(({ requirement }) => requirement.includes('encryption'));
    assert.match(line?.found ?? '', /^TLSv1\.\d, the server's certificate checked: authority and name$/);
    await destination.close();
  });

  /** Puts a file where the server expects it, owned by the server. */
  function give(path: string, server: LocalPostgres): void {
    const place = join(server.folder, 'data', path.slice(path.lastIndexOf('/') + 1));
    writeFileSync(place, readFileSync(path), { mode: 0o600 });
    if (process.getuid?.() === 0) chownSync(place, 65534, 65534);
  }
});

/** Creates a self-signed certificate. Returns false if openssl is missing. */
function makeCertificate(folder: string): boolean {
  const { status } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')],
  ]);
  return status === 0;
}
