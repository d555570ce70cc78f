/** List price in us-east-1, in US dollars per GB of table. Source: Amazon DynamoDB pricing, "Data export to Amazon S3". */
const USD_PER_GB = 0.1;
const GB = 2 ** 30;

/**
 * What a full export of a table of that size costs, in US dollars, at the list price of us-east-1. Other regions cost up to about
 * twice as much, and S3 bills its requests and storage apart: an estimate to show, never to settle by.
 */
export function exportPriceUsd(tableBytes: number): number {
  return (tableBytes / GB) * USD_PER_GB;
}
