import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CONTROL_VERBS } from '../../../runtime/control/protocol';
import { readRequest, RequestUnreadable, writeRequest } from '../../../runtime/control/request-text';
import { version } from '../../../runtime/version';
import { NO_REQUESTS } from './no-requests';

describe('a request from another process', () => {
  it('is read as it was written', () => {
    for (const verb of CONTROL_VERBS)
      for (const table of [undefined, 'orders', '', 'é "x"'])
        assert.deepEqual(readRequest(writeRequest({ verb, table })), { verb, table });
  });

  it('has the sample of a verify, which is a share', () => {
    const request = { verb: 'verify', table: 'orders', sample: 0.1 } as const;
    assert.deepEqual(readRequest(writeRequest(request)), request);
    for (const sample of ['0', '1.1', '-1', '"10%"', 'null', '[]'])
      assert.throws(() => readRequest(`{"verb":"verify","sample":${sample}}`), RequestUnreadable, sample);
  });

  it('of version 0.1.0 is read: without a format, over loopback without a verb', () => {
    assert.deepEqual(readRequest('{"verb":"resync","table":"orders"}'), { verb: 'resync', table: 'orders' });
    assert.deepEqual(readRequest('{}', 'status'), { verb: 'status', table: undefined });
    assert.deepEqual(readRequest('{"table":"orders"}', 'verify'), { verb: 'verify', table: 'orders' });
  });

  for (const [text, says] of NO_REQUESTS)
    it(`is refused: ${text}`, () => {
      assert.throws(
        () => readRequest(text),
        (error) => {
          assert.ok(error instanceof RequestUnreadable);
          assert.match(error.message, says);
          assert.ok(error.message.includes(`npx pulumi-dynamodb-replicator@${version()}`));
          return true;
        },
      );
    });

  it('is read or refused, whatever its text: no other error is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          assert.ok(CONTROL_VERBS.includes(readRequest(text).verb));
        } catch (error) {
          assert.ok(error instanceof RequestUnreadable);
        }
      }),
      { numRuns: 500 },
    );
  });
});
