/** A database as text, to keep one that another version has written: name of a part → content. */
export type DatabaseText = Readonly<Record<string, string>>;
