import type { AttributeValue } from '../../attribute-value';
import { validation } from '../../service-error';
import type { Path } from './path';
import type { Placeholders } from './placeholders';
import { isReserved } from './reserved-words';
import type { Token } from './tokens';
import { tokenize } from './tokens';

const MAX_EXPRESSION_BYTES = 4096;
/** Source: "Service, account, and table quotas in Amazon DynamoDB", expression parameters. */
const MAX_OPERATORS = 300;
const MAX_PATH_LEVELS = 32;
const MAX_LIST_INDEX = 2 ** 31 - 1;

/**
 * Parses the tokens of one expression from left to right. Like the service, it reports semantic errors only if the whole
 * syntax is correct.
 */
export class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private operators = 0;
  private depth = 0;
  private meaningError: Error | undefined;

  /**
   * @param parameter name of the expression's parameter in error messages
   * @throws ServiceError ValidationException if it is empty or over 4 KB
   */
  constructor(
    private readonly parameter: string,
    private readonly text: string,
    private readonly placeholders: Placeholders,
  ) {
    if (text.trim() === '') throw this.error('The expression can not be empty;');
    const size = Buffer.byteLength(text);
    if (size > MAX_EXPRESSION_BYTES) {
      throw this.error(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    }
    this.tokens = tokenize(text);
  }

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  /** Consumes a symbol if it comes next. */
  takeSymbol(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== text) return false;
    this.at++;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.syntaxError();
  }

  /** Whether a keyword comes next. Keywords are case-insensitive. */
  isKeyword(keyword: string): boolean {
    const token = this.peek();
    return token.kind === 'word' && token.text.toUpperCase() === keyword;
  }

  takeKeyword(keyword: string): boolean {
    if (!this.isKeyword(keyword)) return false;
    this.at++;
    return true;
  }

  /** Whether a word followed by an opening parenthesis comes next. */
  isCall(): boolean {
    const open = this.peek(1);
    return this.peek().kind === 'word' && open.kind === 'symbol' && open.text === '(';
  }

  isPath(): boolean {
    return this.peek().kind === 'word' || this.peek().kind === 'name';
  }

  /** A document path such as a.#b[0].c. */
  path(): Path {
    const path: (string | number)[] = [this.attributeName()];
    for (;;) {
      if (this.takeSymbol('.')) path.push(this.attributeName());
      else if (this.takeSymbol('[')) {
        if (this.peek().kind !== 'index') throw this.syntaxError();
        path.push(this.index());
        this.expectSymbol(']');
      } else break;
    }
    if (path.length > MAX_PATH_LEVELS) {
      this.defer(`The document path has too many nesting levels; nesting levels: ${path.length}`);
    }
    return path;
  }

  private index(): number {
    const { text } = this.next();
    if (Number(text) > MAX_LIST_INDEX) {
      this.defer(`List index is not within the allowable range; index: [${text}]`);
    }
    return Number(text);
  }

  /** Counts an operator that was read. @throws ServiceError ValidationException for the 301st */
  countOperator(): void {
    if (++this.operators > MAX_OPERATORS) {
      throw this.error(`The expression contains too many operators; operator count: ${this.operators}`);
    }
  }

  /**
   * Parses the content of parentheses after the opening one. Parentheses nested deeper than the limit of operators include
   * redundant ones.
   * @throws ServiceError ValidationException
   */
  enclosed<T>(read: () => T): T {
    if (++this.depth > MAX_OPERATORS) throw this.error('The expression has redundant parentheses;');
    const inner = read();
    this.expectSymbol(')');
    this.depth--;
    return inner;
  }

  /** The token after the parenthesis that closes the one at the current position. */
  peekBehindParenthesis(): Token {
    let depth = 0;
    for (let i = this.at; i < this.tokens.length; i++) {
      const token = this.tokens[i] as Token;
      if (token.kind !== 'symbol') continue;
      if (token.text === '(') depth++;
      if (token.text === ')' && --depth === 0) return this.tokens[i + 1] as Token;
    }
    return this.tokens.at(-1) as Token;
  }

  /** A :value. */
  value(): AttributeValue {
    const token = this.peek();
    if (token.kind !== 'value') throw this.syntaxError();
    this.at++;
    const value = this.placeholders.value(token.text);
    if (value) return value;
    this.defer(
      `An expression attribute value used in expression is not defined; attribute value: ${token.text}`,
    );
    return { NULL: true };
  }

  /** Comma-separated members up to the closing parenthesis, after the opening one. */
  list<T>(member: () => T): T[] {
    return this.enclosed(() => {
      const members = [member()];
      while (this.takeSymbol(',')) members.push(member());
      return members;
    });
  }

  /** Keeps the first semantic error for `finish`. */
  defer(message: string): void {
    this.meaningError ??= this.error(message);
  }

  /** @throws ServiceError ValidationException if tokens are left, or for the first semantic error */
  finish(): void {
    if (this.peek().kind !== 'end') throw this.syntaxError();
    if (this.meaningError) throw this.meaningError;
  }

  error(message: string): Error {
    return validation(`Invalid ${this.parameter}: ${message}`);
  }

  syntaxError(): Error {
    const token = this.peek();
    const before = this.tokens[this.at - 1] ?? token;
    const after = this.tokens[this.at + 1] ?? token;
    const end = after.kind === 'end' ? this.text.length : after.start + after.text.length;
    return this.error(`Syntax error; token: "${token.text}", near: "${this.text.slice(before.start, end)}"`);
  }

  private attributeName(): string {
    const token = this.peek();
    if (token.kind === 'word') {
      this.at++;
      if (isReserved(token.text)) {
        this.defer(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
      }
      return token.text;
    }
    if (token.kind !== 'name') throw this.syntaxError();
    this.at++;
    const name = this.placeholders.name(token.text);
    if (name !== undefined) return name;
    this.defer(
      `An expression attribute name used in the document path is not defined; attribute name: ${token.text}`,
    );
    return token.text;
  }
}
