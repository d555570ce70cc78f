/** What an error of the server's may name. */
interface Names {
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/** What the driver keeps of one. Source: PostgreSQL manual, "Error and Notice Message Fields". */
interface Fields extends Names {
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly position?: string | undefined;
}

/**
 * Classes whose messages name settings, sessions, files, types and tables. Every other message may quote values of rows: an
 * expression of a user's index or constraint may hand them to any function, and each function has messages of its own.
 */
const NAMES_ONLY = [
  ...['08', '0A', '25', '26', '28', '2BP01', '3D', '40', '53', '55', '57', '58', 'F0', 'XX001', 'XX002'],
  ...['42501', '42701', '42710', '42809', '42P06', '42P07', '42P10', '42P16', '54001', '54011', '54023'],
];

/**
 * What is kept of an error of the server's, for messages, logs and causes. There are no values of rows in it: neither DETAIL,
 * HINT and CONTEXT, which may hold them in any class, nor a message that may quote one.
 */
export class ServerError extends Error {
  readonly code: string;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly dataType: string | undefined;
  readonly constraint: string | undefined;
  /** Whether its message is the server's own; otherwise it is the code and the names that came with it. */
  readonly hasWords: boolean;
  /** It is about the text of a statement of ours: a name that is not there, for instance. */
  readonly isOfStatement: boolean;
  readonly #context: string;

  constructor(error: Fields) {
    const hasWords = isHarmless(error);
    // A function may have raised it, with values in any field.
    const names = error.where === undefined ? namesIn(error) : {};
    super(hasWords ? error.message : describe(error.code, names));
    this.name = 'ServerError';
    this.hasWords = hasWords;
    this.isOfStatement = error.where === undefined && error.position !== undefined;
    this.code = error.code;
    this.#context = error.where ?? '';
    this.schema = names.schema;
    this.table = names.table;
    this.column = names.column;
    this.dataType = names.dataType;
    this.constraint = names.constraint;
  }

  /** Whether it came from within a function, or a line of a `COPY`. */
  get isInFunction(): boolean {
    return this.#context !== '';
  }

  /** Whether its CONTEXT has this text, such as a function's name. */
  mentions(text: string): boolean {
    return this.#context.includes(text);
  }
}

function isHarmless({ code, where, position }: Fields): boolean {
  if (where !== undefined) return false;
  // With a position it is about the text of our statement, in which there are no values.
  return position !== undefined || NAMES_ONLY.some((one) => code.startsWith(one));
}

function namesIn({ schema, table, column, dataType, constraint }: Fields): Names {
  return { schema, table, column, dataType, constraint };
}

/** `SQLSTATE 23514: table public.orders, constraint by_hand` */
function describe(code: string, { schema, table, column, dataType, constraint }: Names): string {
  const parts = [
    table === undefined ? undefined : `table ${schema === undefined ? '' : `${schema}.`}${table}`,
    column === undefined ? undefined : `column ${column}`,
    dataType === undefined ? undefined : `type ${dataType}`,
    constraint === undefined ? undefined : `constraint ${constraint}`,
  ].filter((part) => part !== undefined);
  return `SQLSTATE ${code}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
