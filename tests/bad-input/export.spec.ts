import assert from 'node:assert/strict';
import { DuckDBFile } from '../exactness/duckdb-reader';
import { full, quickIf } from '../tiers/tier';
import { denied } from './denied';
import { BUCKET, Place, PREFIX, TABLE } from './place';
import { type ManifestLine, tamperWithManifest } from './tampered-export';

/** Faults that appear only after an export was requested: the run ends with what to do, and no row is visible. */
describe('bad input: the export', () => {
  let place: Place;
  beforeEach(async () => {
    place = await Place.open();
  });
  afterEach(() => place.close());

  const fails = async (...says: RegExp[]) => {
    const said = await place.say(...place.words('run', '--log-format', 'human'));
    assert.equal(said.code, 1, said.all);
    for (const expected of says) assert.match(said.all, expected);
    assert.doesNotMatch(said.all, /published|a bug in dynamodb-replicator|\n +at /);
    const file = await DuckDBFile.open(place.to);
    try {
      const tables = (await file.tables()).filter((name) => !name.startsWith('_replicator.'));
      assert.ok(!tables.includes(`main.${TABLE}`), 'no table that a user would take for the data');
      if (tables.length > 0) {
        assert.deepEqual(tables, ['main.__r_loading_1']);
        // Only complete, correct files are loaded.
        const [loaded] = await file.rows(`SELECT count(*) AS rows_ FROM "__r_loading_1"`);
        const [ledger] = await file.rows('SELECT coalesce(sum(items), 0) AS items FROM _replicator.ledger');
        assert.equal(Number(loaded?.['rows_']), Number(ledger?.['items']));
      }
    } finally {
      file.close();
    }
    return said;
  };

  const largest = (lines: ManifestLine[]): ManifestLine =>
    lines.reduce((most, line) => (line.itemCount > most.itemCount ? line : most));

  for (const [code, remedy] of [
    [
      'S3NoSuchBucket',
      /There is no bucket my-exports\. Create it \(aws s3 mb s3:\/\/my-exports --region eu-west-1 --endpoint-url http/,
    ],
    [
      'S3AccessDenied',
      /needs s3:PutObject and s3:AbortMultipartUpload on arn:aws:s3:::my-exports\/some\/prefix\/\*/,
    ],
    ['KMSKeyDisabled', /Enable it and allow the caller kms:GenerateDataKey.*aws s3api get-bucket-encryption/],
    ['SomethingNew', /Start again: a new export is requested/],
  ] as const) {
    quickIf(code === 'S3AccessDenied').it(`failed: ${code}`, async () => {
      place.simulator.failNextExport(code, `Because of ${code}`);
      await fails(new RegExp(`The export arn:.* failed: ${code} \\(Because of ${code}\\)`), remedy);
      assert.equal(place.exports(), 1);
    });
  }

  full.it('failed, fixed and started again: requests and loads a new export', async () => {
    place.simulator.failNextExport('S3AccessDenied');
    await fails(/Then start again/);
    const { code, all } = await place.sayUntil(place.words('run', '--log-format', 'human'), ({ written }) =>
      /published/.test(written),
    );
    assert.equal(code, 0, all);
    assert.equal(place.exports(), 2);
  });

  for (const [operation, action] of [
    ['ExportTableToPointInTime', 'dynamodb:ExportTableToPointInTime'],
    ['DescribeExport', 'dynamodb:DescribeExport'],
    ['GetObject', 's3:GetObject'],
  ] as const) {
    it(`access denied: ${action}`, async () => {
      place.simulator.faults.add({ operation, answer: denied(action) });
      await fails(new RegExp(`Access denied: ${operation} needs ${action} on `), /"Effect":"Allow"/);
      assert.equal(place.exports(), operation === 'ExportTableToPointInTime' ? 0 : 1);
    });
  }

  it('a data file’s MD5 differs from the manifest’s: names the file', async () => {
    let key = '';
    tamperWithManifest(place.simulator, (lines) => {
      const line = largest(lines);
      key = line.dataFileS3Key;
      line.md5Checksum = Buffer.from('another MD5 here').toString('base64');
    });
    const { all } = await fails(
      /its MD5 should be YW5vdGhlciBNRDUgaGVyZQ==, found /,
      /dynamodb-replicator resync/,
    );
    assert.ok(all.includes(`s3://${BUCKET}/${key} does not match the export's manifest`), all);
    assert.ok(key.startsWith(`${PREFIX}/AWSDynamoDB/`));
    assert.doesNotMatch(all, /destination cannot write/);
  });

  full.it('a data file’s number of items differs from the manifest’s: names the file', async () => {
    // Either of the two may be read first.
    const names: (readonly [key: string, items: number])[] = [];
    tamperWithManifest(place.simulator, (lines) => {
      const line = largest(lines);
      const other = lines.find((each) => each !== line) as ManifestLine;
      line.itemCount += 1;
      other.itemCount -= 1;
      for (const { dataFileS3Key, itemCount } of [line, other]) names.push([dataFileS3Key, itemCount]);
    });
    const { all } = await fails(/dynamodb-replicator resync/);
    const expected = names.map(
      ([key, items]) =>
        `s3://${BUCKET}/${key} does not match the export's manifest: its number of items should be ${items}, found `,
    );
    assert.ok(
      expected.some((words) => all.includes(words)),
      all,
    );
  });

  full.it('the manifest’s counts differ from the summary’s: names the manifest', async () => {
    tamperWithManifest(place.simulator, (lines) => {
      largest(lines).itemCount += 1;
    });
    await fails(
      /The export's manifest cannot be trusted: s3:\/\/my-exports\/some\/prefix\/AWSDynamoDB\/.*\/manifest-files\.json lists files with 21 items in total, but the summary has 20/,
    );
  });

  it('a damaged data file: names the file', async () => {
    place.simulator.faults.add({
      operation: 'GetObject',
      containing: '.json.gz',
      answer: { kind: 'corrupt', offset: -6 },
    });
    await fails(
      /s3:\/\/my-exports\/some\/prefix\/AWSDynamoDB\/.*\.json\.gz does not match the export's manifest/,
    );
  });

  full.it('a missing data file: names the file', async () => {
    tamperWithManifest(place.simulator, (lines) => {
      place.simulator.store.deleteObject(BUCKET, largest(lines).dataFileS3Key);
    });
    await fails(/s3:\/\/my-exports\/some\/prefix\/AWSDynamoDB\/.*\.json\.gz does not exist/);
  });
});
