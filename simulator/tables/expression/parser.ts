import type { AttributeValue } from '../../attribute-value';
import { validation } from '../../service-error';
import type { Path } from './path';
import type { Placeholders } from './placeholders';
import { isReserved } from './reserved-words';
import type { Token } from './tokens';
import { tokenize } from './tokens';

const MAX_EXPRESSION_BYTES = 4096;

/**
 * Reads the tokens of one expression from left to right. What is wrong with its meaning is reported only once its whole
 * syntax is right, as the service does.
 */
export class Parser {
  private readonly tokens: readonly Token[];
  private at = 0;
  private meaningError: Error | undefined;

  /**
   * @param parameter the expression's parameter, as messages name it
   * @throws ServiceError ValidationException when it is empty or over 4 KB
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

  /** Takes a symbol if it comes next. */
  takeSymbol(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'symbol' || token.text !== text) return false;
    this.at++;
    return true;
  }

  expectSymbol(text: string): void {
    if (!this.takeSymbol(text)) throw this.syntaxError();
  }

  /** Whether a keyword comes next; keywords are written in any case. */
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
        path.push(Number(this.next().text));
        this.expectSymbol(']');
      } else return path;
    }
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

  /** Members between commas and closing parenthesis, the opening one being taken. */
  list<T>(member: () => T): T[] {
    const members = [member()];
    while (this.takeSymbol(',')) members.push(member());
    this.expectSymbol(')');
    return members;
  }

  /** Remembers the first error of meaning. */
  defer(message: string): void {
    this.meaningError ??= this.error(message);
  }

  /** @throws ServiceError ValidationException when something follows, or for the first error of meaning */
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
