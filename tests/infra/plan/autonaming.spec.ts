import assert from 'node:assert/strict';
import { type AutonamedKind, isAutonamed } from '../../../infra/plan/autonaming';

type Case = readonly [
  what: string,
  configured: object | undefined,
  kind: AutonamedKind,
  isAutonamed: boolean,
];

const pattern = '${project}-${stack}-${name}-${hex(4)}';
const ofBuckets = (rules: object) => ({
  providers: { aws: { resources: { 'aws:s3/bucket:Bucket': rules } } },
});

const CASES: readonly Case[] = [
  ['nothing is configured', undefined, 'role', false],
  ['nothing is in the configuration', {}, 'role', false],
  ['a pattern is configured', { pattern }, 'role', true],
  ['Pulumi’s own names are', { mode: 'default' }, 'role', true],
  ['logical names are', { mode: 'verbatim' }, 'role', true],
  ['programs must name everything', { mode: 'disabled' }, 'role', false],
  ['a pattern is configured for the AWS provider', { providers: { aws: { pattern } } }, 'role', true],
  ['a pattern is configured for another provider', { providers: { random: { pattern } } }, 'role', false],
  ['a pattern is configured for the type', ofBuckets({ pattern }), 'bucket', true],
  ['a pattern is configured for another type', ofBuckets({ pattern }), 'role', false],
  [
    'programs must name those of the provider',
    { pattern, providers: { aws: { mode: 'disabled' } } },
    'role',
    false,
  ],
  [
    'programs must name all but those of the type',
    { mode: 'disabled', ...ofBuckets({ mode: 'verbatim' }) },
    'bucket',
    true,
  ],
];

describe('Pulumi names a resource by pulumi:autonaming', () => {
  for (const [what, configured, kind, expected] of CASES) {
    it(`${expected ? 'if' : 'not if'} ${what}: ${kind}`, () => {
      assert.equal(
        isAutonamed(kind, configured === undefined ? undefined : JSON.stringify(configured)),
        expected,
      );
    });
  }
});
