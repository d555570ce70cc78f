import type { Input } from './request';

/** A member of KeySchema in wire format. */
export interface KeySchemaElement {
  readonly AttributeName: string;
  readonly KeyType: 'HASH' | 'RANGE';
}

/** A member of AttributeDefinitions in wire format. */
export interface AttributeDefinition {
  readonly AttributeName: string;
  readonly AttributeType: 'S' | 'N' | 'B';
}

/** What the rest of the simulator sees of a table. It is live: counts follow reads and writes. */
export interface TableView {
  readonly name: string;
  readonly arn: string;
  /** A table that is deleted and created again gets another id. */
  readonly id: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  /** Number of partitions that its provisioned throughput needs; undefined for an on-demand table. */
  readonly provisionedPartitions: number | undefined;
  /** Epoch ms. */
  readonly createdAt: number;
  readonly itemCount: number;
  readonly sizeBytes: number;
  /** Capacity units of all reads so far. */
  readonly readUnits: number;
}

/** What the tables need from the streams. */
export interface TableStreams {
  /** Called before a table is created. @throws ServiceError ValidationException for a wrong StreamSpecification */
  created(table: TableView, specification: Input | undefined): void;
  /** @throws ServiceError ValidationException ("Table already has an enabled stream", …) */
  updated(table: TableView, specification: Input): void;
  deleted(table: TableView): void;
  /** Members for the DescribeTable response: StreamSpecification, LatestStreamArn, LatestStreamLabel. */
  describe(table: TableView): object;
}
