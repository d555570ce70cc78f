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

/** Enough to tell what a statement is for. */
const KIND_LENGTH = 120;
const STATEMENT = ['P', 'Q'];
/** Command completed: says which command. */
const COMPLETED = 'C';

/** What messages of a connection are for: equal for those that differ in values alone. */
export class MessageKinds {
  private statement = '';

  of({ from, type, bytes }: WireMessage): string {
    if (from === 'client' && STATEMENT.includes(type)) this.statement = words(bytes);
    const command = from === 'server' && type === COMPLETED ? words(bytes) : '';
    return `${from} ${type} ${command} ${this.statement}`;
  }
}

/** A message without what is another one each time. */
function words(bytes: Buffer): string {
  return bytes
    .toString('latin1', 1 + LENGTH_BYTES)
    .replace(/[^A-Za-z_ ]/g, '')
    .slice(0, KIND_LENGTH);
}
