/** A message of PostgreSQL's protocol. Source: PostgreSQL manual, "Message Formats". */
export interface WireMessage {
  readonly from: 'client' | 'server';
  /** Its first byte; empty: the one with which a client begins. */
  readonly type: string;
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

/** Takes one direction of a connection without TLS apart, as its bytes come. */
export class WireMessages {
  /** Of a message whose end has not come yet. */
  rest: Buffer = Buffer.alloc(0);
  private hasBegun: boolean;

  constructor(private readonly from: WireMessage['from']) {
    this.hasBegun = from === 'server';
  }

  /** Messages that are complete with these bytes. */
  take(bytes: Buffer): readonly WireMessage[] {
    this.rest = Buffer.concat([this.rest, bytes]);
    const messages: WireMessage[] = [];
    for (let message = this.next(); message !== undefined; message = this.next()) messages.push(message);
    return messages;
  }

  private next(): WireMessage | undefined {
    const typeBytes = this.hasBegun ? 1 : 0;
    if (this.rest.length < typeBytes + LENGTH_BYTES) return undefined;
    const length = typeBytes + this.rest.readInt32BE(typeBytes);
    if (this.rest.length < length) return undefined;
    const message = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    this.hasBegun = true;
    return { from: this.from, type: message.toString('latin1', 0, typeBytes), bytes: message };
  }
}

const QUERY = 'Q';
const PARSE = 'P';
const BIND = 'B';
const WITH_TEXT = [QUERY, PARSE, BIND];

/** What statements on a connection say, those among them that it has prepared. */
export class StatementTexts {
  private readonly prepared = new Map<string, string>();

  /** The text that a client's message sends, or the one of the statement that it names; `undefined`: none. */
  of({ from, type, bytes }: WireMessage): string | undefined {
    if (from === 'server' || !WITH_TEXT.includes(type)) return undefined;
    const [first = '', second = ''] = bytes.toString('latin1', 1 + LENGTH_BYTES).split('\0', 2);
    if (type === QUERY) return first;
    if (type === PARSE) this.prepared.set(first, second);
    return type === PARSE ? second : this.prepared.get(second);
  }
}

/** Enough to tell what a statement is for. */
const KIND_LENGTH = 120;
/** Command completed: says which command. */
const COMPLETED = 'C';

/** What messages of a connection are for: equal for those that differ in values alone. */
export class MessageKinds {
  private readonly texts = new StatementTexts();
  private statement = '';

  of(message: WireMessage): string {
    const { from, type, bytes } = message;
    const text = this.texts.of(message);
    if (text !== undefined) this.statement = words(text);
    const command =
      from === 'server' && type === COMPLETED ? words(bytes.toString('latin1', 1 + LENGTH_BYTES)) : '';
    return `${from} ${type} ${command} ${this.statement}`;
  }
}

/** A text without what is another one each time. */
function words(text: string): string {
  return text.replace(/[^A-Za-z_ ]/g, '').slice(0, KIND_LENGTH);
}
