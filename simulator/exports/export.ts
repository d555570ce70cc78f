import type { Caller } from '../iam/caller';
import type { ExportRequest } from './export-request';
import type { TableHistory } from './history';
import type { ExportContent } from './layout';

/** What an export needs to know about its table. */
export interface ExportableTable {
  readonly arn: string;
  readonly id: string;
  readonly name: string;
  readonly history: TableHistory;
  /** Epoch ms; undefined while point-in-time recovery is off. */
  readonly earliest: number | undefined;
  /** Number of data files of its exports; undefined: as the knobs say. */
  readonly provisionedPartitions: number | undefined;
}

/** How an export ended. */
export type Outcome =
  | { status: 'COMPLETED'; manifestKey: string; itemCount: number; billedSizeBytes: number }
  | { status: 'FAILED'; code: string; message: string };

/** A requested export. Times are epoch ms. */
export interface Export {
  readonly arn: string;
  readonly request: ExportRequest;
  readonly clientToken: string;
  /** Who requested it: the files are written with this caller's permissions. */
  readonly caller: Caller;
  readonly table: ExportableTable;
  readonly startTime: number;
  readonly content: ExportContent;
  readonly dueAt: number;
  readonly release: () => void;
  outcome?: Outcome;
}
