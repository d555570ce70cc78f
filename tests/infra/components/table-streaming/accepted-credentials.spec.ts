import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { credentialsProblem } from '../../../../infra/components/table-streaming/accepted-credentials';

describe('whether AWS accepts the credentials of a provider', () => {
  const server = createServer((request, response) => {
    const isKnown = /Credential=known\//.test(request.headers.authorization ?? '');
    response.statusCode = isKnown ? 200 : 403;
    response.end(
      isKnown
        ? '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>'
        : '<ErrorResponse><Error><Code>ExpiredToken</Code><Message>The token has expired</Message></Error></ErrorResponse>',
    );
  });
  let endpoints: { sts: string }[];
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoints = [{ sts: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const settings = (accessKey: string) => ({ region: 'eu-west-1', accessKey, secretKey: 's', endpoints });

  it('is asked with them', async () => {
    assert.equal(await credentialsProblem(settings('known')), undefined);
  });

  it('is answered with the reason if it does not', async () => {
    assert.equal(await credentialsProblem(settings('old')), 'The token has expired');
  });

  it('is answered with the reason if there are none', async () => {
    const sharedFiles = { sharedConfigFiles: ['/nowhere/config'], sharedCredentialsFiles: ['/nowhere/keys'] };
    const found = await credentialsProblem({
      region: 'eu-west-1',
      profile: 'prdo',
      ...sharedFiles,
      endpoints,
    });
    assert.match(found ?? '', /credentials/);
  });
});
