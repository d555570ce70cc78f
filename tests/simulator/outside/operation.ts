/** Plain JSON in wire format or for the SDK: an operation's input or output, an item, a value. */
export type Wire = Readonly<Record<string, unknown>>;

/** One entry of the log. */
export interface Operation {
  /** For example PutItem. */
  readonly name: string;
  readonly input: Wire;
  /** What it shows; undefined for a random operation. */
  readonly about?: string;
  /** The rule by which AWS rejects it. */
  readonly wrong?: string;
  /** Whether all pages are read. */
  readonly paged?: boolean;
}
