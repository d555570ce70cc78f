import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import type { Item, Knobs } from '../../../simulator';
import { Local, MINUTE } from '../fixture';

export const TABLE_ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';

export interface Description {
  ExportArn: string;
  ExportStatus: string;
  ExportManifest: string;
  [member: string]: unknown;
}

/** An in-process simulator with the table `orders` and a bucket `exports`. */
export class Exporting extends Local {
  constructor(knobs: Partial<Knobs> = {}, seed = 1) {
    super({ partitions: 4, ...knobs }, undefined, seed);
    this.simulator.s3.createBucket('exports');
  }

  request(input: Record<string, unknown> = {}): Description {
    return this.dynamodb('ExportTableToPointInTime', { TableArn: TABLE_ARN, S3Bucket: 'exports', ...input })
      .ExportDescription;
  }

  describe(arn: string): Description {
    return this.dynamodb('DescribeExport', { ExportArn: arn }).ExportDescription;
  }

  /** Requests an export and waits until it ends. */
  finished(input: Record<string, unknown> = {}): Description {
    const { ExportArn } = this.request(input);
    this.clock.advance(12 * MINUTE);
    return this.describe(ExportArn);
  }

  text(key: string): string {
    return this.simulator.s3.getObject('exports', key).body.toString();
  }

  keys(prefix = ''): string[] {
    return this.simulator.s3.listObjects('exports', { prefix }).objects.map(({ key }) => key);
  }

  /** The items of an export, found through its manifests, as a reader does. */
  items(description: Description): Item[] {
    const summary = JSON.parse(this.text(description.ExportManifest)) as { manifestFilesS3Key: string };
    const lines = this.text(summary.manifestFilesS3Key).trimEnd().split('\n');
    return lines.flatMap((line) => {
      const { dataFileS3Key, itemCount } = JSON.parse(line) as { dataFileS3Key: string; itemCount: number };
      const text = gunzipSync(this.simulator.s3.getObject('exports', dataFileS3Key).body).toString();
      const items = text.split('\n').slice(0, -1);
      assert.equal(items.length, itemCount);
      return items.map((each) => (JSON.parse(each) as { Item: Item }).Item);
    });
  }
}
