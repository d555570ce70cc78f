/** A message of PostgreSQL's protocol. Source: PostgreSQL manual, "Message Formats". */
export interface WireMessage {
  readonly from: 'client' | 'server';
  /** Its first byte. Empty for the first message of a client. */
  readonly type: string;
  readonly bytes: Buffer;
}

const LENGTH_BYTES = 4;

/** Parses one direction of a connection without TLS, as its bytes arrive. */
export class WireMessages {
  /** The bytes of an incomplete message. */
  rest: Buffer = Buffer.alloc(0);
  private hasBegun: boolean;

  constructor(private readonly from: WireMessage['from']) {
    this.hasBegun = from === 'server';
  }

  /** The messages that these bytes complete. */
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

/** The texts of the statements on a connection, including the prepared ones. */
export class StatementTexts {
  private readonly prepared = new Map<string, string>();

  /** The text in a message of the client, or of the prepared statement that it names. `undefined`: none. */
  of({ from, type, bytes }: WireMessage): string | undefined {
    if (from === 'server' || !WITH_TEXT.includes(type)) return undefined;
    const [first = '', second = ''] = bytes.toString('latin1', 1 + LENGTH_BYTES).split('\0', 2);
    if (type === QUERY) return first;
    if (type === PARSE) this.prepared.set(first, second);
    return type === PARSE ? second : this.prepared.get(second);
  }
}

/** Enough to identify the purpose of a statement. */
const KIND_LENGTH = 120;
/** Command completed, with the name of the command. */
const COMPLETED = 'C';

/** The purpose of the messages of a connection: equal for those that differ only in values. */
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

/** A text without the parts that differ each time. */
function words(text: string): string {
  return text.replace(/[^A-Za-z_ ]/g, '').slice(0, KIND_LENGTH);
}
