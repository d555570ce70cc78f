import { awsCommand, type CliFlags } from '../aws/cli-command';
import { ReplicatorError } from '../errors';

/** The export ended without data (fault table, row 25). What has to be mended is in the message; then a new one is needed. */
export class ExportFailed extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly exportArn: string,
    readonly failureCode: string,
    readonly failureMessage: string,
    /** What to do about it. */
    remedy: string,
  ) {
    super(`The export ${exportArn} failed: ${failureCode} (${failureMessage}). ${remedy}`);
  }
}

/** The token belongs to an export with other settings, and which one is not to be found out (row 21). */
export class ExportTokenTaken extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly clientToken: string,
    tableArn: string,
    reason: string,
    cli: CliFlags,
    options?: ErrorOptions,
  ) {
    super(
      `An export of ${tableArn} was already requested with token ${clientToken}, with another bucket, prefix or key, and ` +
        `${reason}. Give the bucket and prefix it was requested with, or wait 8 hours until the token is free. See it: ` +
        awsCommand(cli, `dynamodb list-exports --table-arn ${tableArn}`),
      options,
    );
  }
}

/** The manifest does not say what it should: nothing is loaded from it (fault table, row 30; rule X1). */
export class ManifestRefused extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** s3:// address of the file at fault. */
    readonly file: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The export's manifest cannot be trusted: ${file} ${reason}. Nothing else may write under the export's prefix; run ` +
        `"dynamodb-replicator resync" to load from a new export.`,
      options,
    );
  }
}

/** The bytes of a data file are not those that the manifest lists (fault table, row 29; rule X1). Another read may bring them. */
export class DataFileCorrupt extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** s3:// address. */
    readonly file: string,
    readonly what: 'MD5' | 'items' | 'gzip' | 'line',
    readonly expected: string,
    readonly actual: string,
    options?: ErrorOptions,
  ) {
    super(
      `${file} is not what the export's manifest says: ${what === 'line' ? 'every line' : what} should be ${expected}, is ${actual}. If that stays so, the ` +
        `file is damaged: run "dynamodb-replicator resync" to load from a new export.`,
      options,
    );
  }
}

/** An object was replaced while it was read: the rest would belong to other bytes (fault table, row 28). */
export class ObjectChanged extends ReplicatorError {
  readonly kind = 'fatal';
  /** s3:// address. */
  readonly file: string;

  constructor(bucket: string, key: string, cli: CliFlags, options?: ErrorOptions) {
    const file = `s3://${bucket}/${key}`;
    super(
      `${file} was replaced while it was read. Nothing else may write under the export's prefix; see what was written: ` +
        awsCommand(cli, `s3api list-object-versions --bucket ${bucket} --prefix ${key}`),
      options,
    );
    this.file = file;
  }
}
