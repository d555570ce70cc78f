import { awsCommand, type CliFlags } from '../aws/cli-command';
import type { AwsFault } from '../aws/faults';
import { reload, ReplicatorError } from '../errors';
import type { MalformedLine } from '../item/malformed';

/** The export failed (fault table, row 25). The message has the fix; after that a new export is needed. */
export class ExportFailed extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly exportArn: string,
    readonly failureCode: string,
    readonly failureMessage: string,
    /** What to do about it. */
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`The export ${exportArn} failed: ${failureCode} (${failureMessage}). ${remedy}`, options);
  }
}

/** The token belongs to an export with other settings that cannot be found (row 21). */
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
        `${reason}. Set the bucket and prefix of that request, or wait 8 hours until the token is free. To list the exports: ` +
        awsCommand(cli, `dynamodb list-exports --table-arn ${tableArn}`),
      options,
    );
  }
}

/** The manifest is not as expected, so nothing is loaded from it (fault table, row 30; rule X1). */
export class ManifestRefused extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** s3:// address of the file at fault. */
    readonly file: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      `The export's manifest cannot be trusted: ${file} ${reason}. Make sure that nothing else writes under the export's ` +
        `prefix, then load from a new export: ${reload()}`,
      options,
    );
  }
}

const MISMATCHES = {
  MD5: 'its MD5',
  items: 'its number of items',
  gzip: 'it',
  line: 'every line',
};

/** The content of a data file does not match the manifest (fault table, row 29; rule X1). Another read may succeed. */
export class DataFileCorrupt extends ReplicatorError {
  readonly kind = 'fatal';
  /** What is wrong, as a sentence. */
  readonly finding: string;

  constructor(
    /** s3:// address. */
    readonly file: string,
    readonly what: 'MD5' | 'items' | 'gzip' | 'line',
    readonly expected: string,
    readonly actual: string,
    options?: ErrorOptions,
  ) {
    const finding = `${file} does not match the export's manifest: ${MISMATCHES[what]} should be ${expected}, found ${actual}.`;
    super(
      `${finding} If every attempt fails like this, the file is damaged. Load from a new export: ${reload()}`,
      options,
    );
    this.finding = finding;
  }
}

/** A data file of the manifest does not exist (fault table, row 27). */
export class DataFileMissing extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** s3:// address. */
    readonly file: string,
    fault: AwsFault,
  ) {
    super(fault.message, { cause: fault });
  }
}

/** The columns do not hold a data file, however often they are widened for it. Nothing of the file is stored. */
export class ColumnsNotSettled extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    /** s3:// address. */
    readonly file: string,
    readonly widenings: number,
  ) {
    super(
      `The table's columns do not hold ${file}, although they were widened for it ${widenings} times. Make sure that nothing else ` +
        `writes under the export's prefix, then load from a new export: ${reload()}`,
    );
  }
}

/** A malformed line of a data file. @param before lines of the file before the block that has it */
export function corruptLine(
  file: string,
  expected: string,
  before: number,
  cause: MalformedLine,
): DataFileCorrupt {
  const where = `line ${before + cause.line + 1}: ${cause.reason}`;
  return new DataFileCorrupt(file, 'line', expected, where, { cause });
}

/** An object was replaced during the read: the rest would not belong to the same content (fault table, row 28). */
export class ObjectChanged extends ReplicatorError {
  readonly kind = 'fatal';
  /** s3:// address. */
  readonly file: string;

  constructor(bucket: string, key: string, cli: CliFlags, options?: ErrorOptions) {
    const file = `s3://${bucket}/${key}`;
    super(
      `${file} was replaced while it was being read. Nothing else may write under the export's prefix. To list the versions: ` +
        awsCommand(cli, `s3api list-object-versions --bucket ${bucket} --prefix ${key}`),
      options,
    );
    this.file = file;
  }
}
