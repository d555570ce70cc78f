/** Classes whose messages name files, tables, columns, sizes and our own statements, which hold no values of rows. */
const NAMES_ONLY =
  /^(?:IO|Out of Memory|Catalog|Dependency|Binder|Parser|Syntax|Permission|Settings|Missing Extension|Not implemented) Error:/;
/** Of these the value is in quotes, and what stands outside of them says which index or constraint it is. */
const ABOUT_A_KEY = /^(?:Constraint|TransactionContext) Error:/;
const CLASS = /^([A-Z][\w ]*? Error):/;
/** From the first quote to the last: a value may hold quotes itself. */
const QUOTED = /"[^]*"|'[^]*'/;

/** What DuckDB says of a failure, without the values of rows that it quotes. Its cause holds none either. */
export function withoutValues(error: Error): Error {
  const { message } = error;
  const [said, name] = CLASS.exec(message) ?? [];
  if (name === undefined || NAMES_ONLY.test(message)) return error;
  const text = ABOUT_A_KEY.test(message)
    ? message.replace(QUOTED, '"…"')
    : `${said} its text is left out, as it may quote values of rows`;
  return text === message ? error : new Error(text);
}
