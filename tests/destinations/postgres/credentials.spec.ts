import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PostgresSettings } from '../../../runtime/destinations/postgres/config';
import { Credentials, type Login } from '../../../runtime/destinations/postgres/connection/credentials';
import { settingsOf } from '../postgres-fixture';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';

describe('destination postgres: secrets as people write them', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'replicator-credentials-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const given = settingsOf('postgres://me@there/db');
  const login = (settings: Partial<PostgresSettings>, secret = ''): Promise<Login> =>
    new Credentials({ ...given, ...settings }, async () => secret).login();
  const ofSecret = (secret: string) => login({ password: { from: 'secret', arn: ARN } }, secret);
  const ofFile = (text: string) => {
    const path = join(folder, 'password');
    writeFileSync(path, text);
    return login({ password: { from: 'file', path } });
  };

  for (const end of ['', '\n', '\r\n'])
    it(`the line break ${JSON.stringify(end)} at the end of a password is ignored, wherever the password comes from`, async () => {
      const logins = [
        ofFile(`hunter 2${end}`),
        ofSecret(`hunter 2${end}`),
        ofSecret(JSON.stringify({ password: `hunter 2${end}` })),
        login({ password: { from: 'settings', password: `hunter 2${end}` } }),
      ];
      for (const one of logins) assert.equal((await one).password, 'hunter 2');
    });

  it('an empty password is reported as empty', async () => {
    for (const empty of ['', '\n']) {
      await assert.rejects(ofFile(empty), {
        kind: 'fatal',
        message: /^The password file .*password is empty\./,
      });
      await assert.rejects(ofSecret(empty), {
        kind: 'fatal',
        message: new RegExp(`^The secret ${ARN} is empty`),
      });
      await assert.rejects(ofSecret(JSON.stringify({ password: empty })), {
        message: /"password" of secret .* is empty/,
      });
    }
  });

  it('a secret may have host and port in one field, with spaces around them', async () => {
    const password: PostgresSettings['password'] = { from: 'secret', arn: ARN };
    const placeOf = async (secret: object) => {
      const { host, port } = await login(
        { host: undefined, port: undefined, password },
        JSON.stringify({ password: 'x', ...secret }),
      );
      return `${host} ${port}`;
    };
    assert.equal(await placeOf({ host: 'db.internal:6432' }), 'db.internal 6432');
    assert.equal(await placeOf({ host: ' db.internal\n' }), 'db.internal 5432');
    assert.equal(await placeOf({ host: 'db.internal:6432', port: 6433 }), 'db.internal 6433');
    assert.equal(await placeOf({ host: 'db.internal', port: '6432' }), 'db.internal 6432');
    assert.equal(await placeOf({ host: 'db.internal', port: '' }), 'db.internal 5432');
    await assert.rejects(placeOf({ host: 'db.internal', port: 'http' }), {
      message: /"port" of secret .* is not a port/,
    });
    assert.equal(await placeOf({ host: '[::1]:6432' }), '::1 6432');
    assert.equal(await placeOf({ host: '::1' }), '::1 5432');
  });
});
