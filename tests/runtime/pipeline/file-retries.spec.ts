import assert from 'node:assert/strict';
import { DestinationUnavailable } from '../../../runtime/destinations/errors';
import { DataFileCorrupt } from '../../../runtime/export/errors';
import { Events } from '../../../runtime/observe/events';
import type { PipelineContext } from '../../../runtime/pipeline/context';
import { fileRetries } from '../../../runtime/pipeline/file-retries';
import { HandClock } from '../aws/hand-clock';

class Away extends DestinationUnavailable {}

describe('pipeline/file retries', () => {
  for (const [what, error, name, expected] of [
    [
      'a damaged file as a retry of AWS',
      new DataFileCorrupt('s3://exports/a', 'MD5', 'x', 'y'),
      'aws.retry',
      { table: 'orders', operation: 'GetObject', code: 'MD5' },
    ],
    ['anything else as a retry of the destination', new Away('away'), 'destination.retry', { pipeline: 'p' }],
  ] as const)
    it(`reports ${what}, in the words of the caller`, () => {
      const events = new Events();
      const heard: unknown[] = [];
      events.on('aws.retry', (event) => heard.push(['aws.retry', event]));
      events.on('destination.retry', (event) => heard.push(['destination.retry', event]));
      const context = { clock: new HandClock(), events, pipeline: 'p', table: { name: 'orders' } };
      const { signal } = new AbortController();
      const retries = fileRetries(
        { context: context as unknown as PipelineContext, signal },
        'exports',
        ({ message }) => message.slice(0, 4),
      );
      retries.onRetry(2, 2_000, error);
      const common = { attempt: 2, waitMs: 2_000, message: error.message.slice(0, 4) };
      assert.deepEqual(heard, [[name, { ...expected, ...common }]]);
      assert.deepEqual([retries.bucket, retries.clock, retries.signal], ['exports', context.clock, signal]);
    });
});
