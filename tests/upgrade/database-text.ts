/** A database as text, so that one that another version has written can be kept here: name of a part → its content. */
export type DatabaseText = Readonly<Record<string, string>>;
