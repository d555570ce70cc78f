import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as advice from '../../../runtime/aws/advice';
import { awsCommand, awsSetup, type CliFlags } from '../../../runtime/aws/cli-command';
import type { AwsServices } from '../../../runtime/aws/services';
import { ExportTokenTaken, ObjectChanged } from '../../../runtime/export/errors';
import { awaitExport } from '../../../runtime/export/request';
import { Events } from '../../../runtime/observe/events';
import {
  PointInTimeRecoveryDisabled,
  StreamDisabled,
  StreamViewTypeUnusable,
} from '../../../runtime/pipeline/source';
import { TableGone } from '../../../runtime/pipeline/source-watch';
import { HandClock } from './hand-clock';

const CLI: CliFlags = { region: 'eu-west-1', profile: 'shop prod', endpoint: 'http://127.0.0.1:4566' };
const FLAGS = `--region eu-west-1 --profile 'shop prod' --endpoint-url http://127.0.0.1:4566`;

/** Each command of the AWS CLI in a message, up to the next one. */
function commandsIn(message: string): readonly string[] {
  return message.split(/(?=\baws [a-z0-9]+)/).filter((part) => /^aws [a-z0-9]+/.test(part));
}

/** @returns how many there were */
function assertFlags(message: string, whose: string): number {
  const commands = commandsIn(message);
  for (const command of commands) {
    const expected = /^aws (sso login|configure)/.test(command) ? `--profile 'shop prod'` : FLAGS;
    assert.ok(command.includes(expected), `${whose}: ${command}`);
  }
  return commands.length;
}

async function failedExport(failureCode: string): Promise<string> {
  const aws = {
    cli: CLI,
    describeExport: () => Promise.resolve({ arn: 'e', status: 'FAILED', bucket: 'b', failureCode }),
  } as unknown as AwsServices;
  const waiting = { pipeline: 'p', clock: new HandClock(), events: new Events(), pauseMs: 1 };
  return awaitExport(aws, 'e', waiting).then(
    () => assert.fail('the export has failed'),
    (error: Error) => error.message,
  );
}

describe('The commands that messages name', () => {
  it('use the replicator’s region, profile and address', () => {
    assert.equal(awsCommand(CLI, 'dynamodb list-tables'), `aws dynamodb list-tables ${FLAGS}`);
    assert.equal(
      awsCommand({ region: 'eu-west-1' }, 'dynamodb list-tables'),
      'aws dynamodb list-tables --region eu-west-1',
    );
    assert.equal(awsSetup(CLI, 'sso login'), `aws sso login --profile 'shop prod'`);
    assert.equal(awsSetup({}, 'configure'), 'aws configure');
  });

  it('do so in every advice about a failed AWS call', () => {
    const context = {
      ...CLI,
      table: 'orders',
      arn: 'arn:aws:dynamodb:::table/orders',
      bucket: 'b',
      key: 'k',
    };
    const advices = Object.entries(advice).filter(
      (one): one is [string, advice.Advice] => typeof one[1] === 'function' && one[0] !== 'missingPermission',
    );
    let commands = 0;
    for (const [name, words] of advices)
      commands += assertFlags(words({ operation: 'GetObject', context, code: 'C', message: 'so.' }), name);
    assert.ok(commands >= 20, String(commands));
  });

  it('do so in every error about the source and its exports', async () => {
    const messages = [
      new StreamDisabled('orders', CLI).message,
      new StreamViewTypeUnusable('orders', 'KEYS_ONLY', CLI).message,
      new PointInTimeRecoveryDisabled('orders', CLI).message,
      new TableGone('orders', CLI).message,
      new ExportTokenTaken('token', 'arn', 'it is gone', CLI).message,
      new ObjectChanged('b', 'k', CLI).message,
      await failedExport('S3NoSuchBucket'),
      await failedExport('KMSKeyDisabled'),
      await failedExport('S3AccessDenied'),
    ];
    for (const message of messages) assert.ok(assertFlags(message, message) > 0, message);
  });

  it('are all made in one place', () => {
    const root = join(__dirname, '../../..');
    const folders = [
      'runtime',
      'planning',
      'demo',
      'command',
      'infra',
      'review',
      'posture',
      'policy',
      'examples',
    ];
    const sources = folders.flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => join(folder, file))
        // The simulator's first steps are a script, which sets the address once for all commands.
        .filter((file) => file.endsWith('.ts') && file !== join('command', 'simulator-instructions.ts'))
        .filter((file) => !file.includes('node_modules')),
    );
    for (const folder of folders)
      assert.ok(
        sources.some((file) => file.startsWith(folder)),
        folder,
      );
    const spelled = sources.flatMap((file) =>
      readFileSync(join(root, file), 'utf8')
        .split('\n')
        .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line))
        .filter((line) =>
          /\baws (sts|dynamodb|s3|s3api|iam|kms|secretsmanager|sso|configure|ec2|ecs|logs)\b/.test(line),
        )
        .map((line) => `${file}: ${line.trim()}`),
    );
    assert.deepEqual(spelled, []);
  });
});
