import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from '../../infra/plan/iam/statements';
import { recordProgram, type RecordedResource } from '../../review/record-program';
import { recordStack } from '../../review/record-stack';
import { loadExample } from '../policy/load-example';

interface Rule {
  readonly filter: { readonly prefix: string };
  readonly expiration?: object;
}

const STACK_FILE = readFileSync(join(__dirname, '../../Pulumi.artie.yaml'), 'utf8');

/** Where identities may write objects, `arn:…/PREFIX/*`. */
function writableIn(resources: readonly RecordedResource[]): readonly string[] {
  return resources
    .filter(({ type }) => /:(RolePolicy|Policy)$/.test(type))
    .flatMap(({ inputs }) => (JSON.parse(inputs['policy'] as string) as { Statement: Statement[] }).Statement)
    .filter(({ Action }) => Action.includes('s3:PutObject'))
    .flatMap(({ Resource }) => Resource);
}

/** Where a created bucket deletes objects after some days, in the same form. */
function expiringIn(resources: readonly RecordedResource[]): readonly string[] {
  return resources
    .filter(({ type }) => type.endsWith(':BucketLifecycleConfiguration'))
    .flatMap(({ inputs }) =>
      (inputs['rules'] as Rule[])
        .filter(({ expiration }) => expiration !== undefined)
        .map(({ filter }) => `arn:aws:s3:::${inputs['bucket'] as string}/${filter.prefix}*`),
    );
}

const PROGRAMS: Readonly<Record<string, () => Promise<readonly RecordedResource[]>>> = {
  'the stack of Pulumi.artie.yaml': () => recordStack({ stack: 'artie', file: STACK_FILE }),
  'the example artie-service-account': () =>
    recordProgram({ stack: 'dev' }, () => {
      loadExample('artie-service-account');
    }),
};

describe('what may be written into the export bucket is deleted after some days', () => {
  for (const [program, record] of Object.entries(PROGRAMS)) {
    it(`in ${program}`, async () => {
      const resources = await record();
      const writable = [...new Set(writableIn(resources))];
      assert.ok(writable.length > 0);
      assert.deepEqual(writable, expiringIn(resources));
    });
  }
});
