import type { Input } from './request';

/** A member of KeySchema as on the wire. */
export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

/** A member of AttributeDefinitions as on the wire. */
export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: 'S' | 'N' | 'B';
}

/** What the rest of the simulator sees of a table. Live: counts follow the writes. */
export interface TableView {
  readonly name: string;
  readonly arn: string;
  /** Another for each incarnation of a name. */
  readonly id: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  /** Partitions that its provisioned throughput asks for; undefined for a table on demand. */
  readonly provisionedPartitions: number | undefined;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly itemCount: number;
  readonly sizeBytes: number;
}

/** What the tables ask of the streams. */
export interface TableStreams {
  /** A table is about to exist. @throws ServiceError ValidationException for a wrong StreamSpecification */
  created(table: TableView, specification: Input | undefined): void;
  /** @throws ServiceError ValidationException ("Table already has an enabled stream", …) */
  updated(table: TableView, specification: Input): void;
  deleted(table: TableView): void;
  /** Members merged into DescribeTable's answer: StreamSpecification, LatestStreamArn, LatestStreamLabel. */
  describe(table: TableView): object;
}
