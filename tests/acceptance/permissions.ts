import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyDocument } from '../../simulator/iam/policy';
import type { Laboratory } from './laboratory';

const DOCUMENT = join(__dirname, '../../docs/ACCEPTANCE.md');

/** The policy that docs/ACCEPTANCE.md asks for. */
export function documentedPolicy(): PolicyDocument {
  const [, text = ''] = /```json\n(.*?)\n```/s.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];
  return JSON.parse(text) as PolicyDocument;
}

/** Gives the laboratory's credentials only these permissions. */
export function permit({ simulator }: Laboratory, ...policies: readonly PolicyDocument[]): void {
  simulator.iam.putUser(`arn:aws:iam::${simulator.accountId}:user/tester`, { accessKeyId: 'test', policies });
}

/** A policy that denies one action. */
export const denying = (Action: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action, Resource: '*' }],
});
