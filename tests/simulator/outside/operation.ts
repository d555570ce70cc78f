/** Plain JSON as it goes over the wire, or into the SDK: an operation's input or output, an item, a value. */
export type Wire = Readonly<Record<string, unknown>>;

/** One entry of the log. */
export interface Operation {
  /** Such as PutItem. */
  readonly name: string;
  readonly input: Wire;
  /** What it is there to show; none for one that was drawn at random. */
  readonly about?: string;
  /** The rule by which AWS refuses it. */
  readonly wrong?: string;
  /** Goes on from page to page to the end. */
  readonly paged?: boolean;
}
