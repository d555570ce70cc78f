/** The names that an error of the server may contain. */
interface Names {
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/** The fields of an error that the driver keeps. Source: PostgreSQL manual, "Error and Notice Message Fields". */
interface Fields extends Names {
  readonly code: string;
  readonly message: string;
  readonly where?: string | undefined;
  readonly position?: string | undefined;
}

/**
 * Classes whose messages name only settings, sessions, files, types and tables. Every other message may quote values
 * of rows: the expression of a user's index or constraint may pass them to any function, and each function has
 * messages of its own.
 */
const NAMES_ONLY = [
  ...['08', '0A', '25', '26', '28', '2BP01', '3D', '40', '53', '55', '57', '58', 'F0', 'XX001', 'XX002'],
  ...['42501', '42701', '42710', '42809', '42P06', '42P07', '42P10', '42P16', '54001', '54011', '54023'],
];

/**
 * What messages, logs and causes keep of an error of the server. It contains no values of rows: no DETAIL, HINT or
 * CONTEXT, which may hold them in any class, and no message that may quote one.
 */
export class ServerError extends Error {
  readonly code: string;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly dataType: string | undefined;
  readonly constraint: string | undefined;
  /** Whether its message is that of the server. Otherwise it is the code and the names that came with it. */
  readonly hasWords: boolean;
  /** It is about the text of one of our statements: a name that does not exist, for instance. */
  readonly isOfStatement: boolean;
  readonly #context: string;

  constructor(error: Fields) {
    const hasWords = isHarmless(error);
    // A function may have raised it, with values of rows in any field.
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

  /** Whether it came from within a function, or from a line of a `COPY`. */
  get isInFunction(): boolean {
    return this.#context !== '';
  }

  /** Whether its CONTEXT contains this text, such as the name of a function. */
  mentions(text: string): boolean {
    return this.#context.includes(text);
  }
}

function isHarmless({ code, where, position }: Fields): boolean {
  if (where !== undefined) return false;
  // With a position it is about the text of our statement, which contains no values.
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
