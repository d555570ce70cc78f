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

/** The parameters of an incremental export of a window, in epoch ms. */
export function incremental(from?: number, to?: number, view?: string): Record<string, unknown> {
  const specification = {
    ...(from === undefined ? {} : { ExportFromTime: from / 1000 }),
    ...(to === undefined ? {} : { ExportToTime: to / 1000 }),
    ...(view === undefined ? {} : { ExportViewType: view }),
  };
  return { ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: specification };
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

  /** Requests an incremental export of a window (epoch ms) and waits until it ends. */
  changes(from: number, to?: number, view?: string, input: Record<string, unknown> = {}): Description {
    return this.finished({ ...incremental(from, to, view), ...input });
  }

  /** The items of a full export. */
  items(description: Description): Item[] {
    return this.lines<{ Item: Item }>(description).map(({ Item }) => Item);
  }

  /** The lines of an export, found through its manifests, as a reader does. */
  lines<Line>(description: Description): Line[] {
    const summary = JSON.parse(this.text(description.ExportManifest)) as { manifestFilesS3Key: string };
    const lines = this.text(summary.manifestFilesS3Key).trimEnd().split('\n');
    return lines.flatMap((line) => {
      const { dataFileS3Key, itemCount } = JSON.parse(line) as { dataFileS3Key: string; itemCount: number };
      const text = gunzipSync(this.simulator.s3.getObject('exports', dataFileS3Key).body).toString();
      const found = text.split('\n').slice(0, -1);
      assert.equal(found.length, itemCount);
      return found.map((each) => JSON.parse(each) as Line);
    });
  }
}
