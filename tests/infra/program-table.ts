import * as aws from '@pulumi/aws';

/** A table of the program that can be replicated. */
export function programTable(name: string, args: Partial<aws.dynamodb.TableArgs> = {}): aws.dynamodb.Table {
  return new aws.dynamodb.Table(name, {
    hashKey: 'id',
    attributes: [{ name: 'id', type: 'S' }],
    streamEnabled: true,
    streamViewType: 'NEW_IMAGE',
    pointInTimeRecovery: { enabled: true },
    ...args,
  });
}
