import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { commentOn, type PullRequest } from '../../review/comment';

interface Comment {
  readonly id: number;
  body: string;
  readonly user: { readonly type: string };
}

/** The part of GitHub's API that comments need, with one pull request. */
class FakeGitHub {
  readonly comments: Comment[] = [];
  readonly requests: string[] = [];
  refuses = 0;
  readonly #server: Server = createServer((request, response) => {
    void this.#answer(request).then(({ status, content }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
    });
  });

  async start(): Promise<PullRequest> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return { api: `http://127.0.0.1:${port}`, repository: 'shop/replication', number: 7, token: 't0ken' };
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  add(body: string, type = 'Bot'): Comment {
    const comment = { id: 100 + this.comments.length, body, user: { type } };
    this.comments.push(comment);
    return comment;
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; content: unknown }> {
    assert.equal(request.headers.authorization, 'Bearer t0ken');
    const { method, url = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://here');
    this.requests.push(`${method} ${pathname}`);
    if (this.refuses > 0) return { status: this.refuses, content: {} };
    const list = '/repos/shop/replication/issues/7/comments';
    if (method === 'GET' && pathname === list) {
      const [size, page] = [Number(searchParams.get('per_page')), Number(searchParams.get('page'))];
      return { status: 200, content: this.comments.slice((page - 1) * size, page * size) };
    }
    const { body } = JSON.parse(await text(request)) as { body: string };
    if (method === 'POST' && pathname === list) return { status: 201, content: this.add(body) };
    const edited = this.comments.find(
      ({ id }) => pathname === `/repos/shop/replication/issues/comments/${id}`,
    );
    if (method !== 'PATCH' || edited === undefined) return { status: 404, content: {} };
    edited.body = body;
    return { status: 200, content: edited };
  }
}

describe('the comment with a review', () => {
  let github: FakeGitHub;
  let pull: PullRequest;
  beforeEach(async () => {
    github = new FakeGitHub();
    pull = await github.start();
  });
  afterEach(() => {
    github.stop();
  });
  const bodies = () => github.comments.map(({ body }) => body);

  it('is one for each stack, edited by every push', async () => {
    for (const push of ['first', 'second', 'third'])
      for (const stack of ['dev', 'prod', 'dev-2']) await commentOn(pull, stack, `${push} of ${stack}\n`);
    assert.deepEqual(
      bodies(),
      ['dev', 'prod', 'dev-2'].map(
        (stack) => `<!-- dynamodb-replicator: review of the stack ${stack} -->\nthird of ${stack}\n`,
      ),
    );
  });

  it('is found among hundreds of others', async () => {
    for (let count = 0; count < 250; count += 1) github.add(`comment ${count}`, 'User');
    await commentOn(pull, 'dev', 'first');
    await commentOn(pull, 'dev', 'second');
    assert.equal(github.comments.length, 251);
    assert.match(bodies().at(-1) ?? '', /\nsecond$/);
  });

  it('leaves a person’s comment alone that quotes it', async () => {
    await commentOn(pull, 'dev', 'first');
    const quoted = github.add(bodies()[0] ?? '', 'User');
    github.comments.reverse();
    await commentOn(pull, 'dev', 'second');
    assert.match(quoted.body, /\nfirst$/);
    assert.equal(github.comments.length, 2);
  });

  it('is cut to the length that GitHub allows', async () => {
    await commentOn(pull, 'dev', 'x'.repeat(70_000));
    const [body = ''] = bodies();
    assert.equal(body.length, 65_536);
    assert.match(body, /x\n\nThe rest is too long for a comment: `npm run review` prints it\.\n$/);
  });

  it('that GitHub refuses is reported with what the job needs', async () => {
    github.refuses = 403;
    await assert.rejects(commentOn(pull, 'dev', 'first'), {
      name: 'CommentRefused',
      message: /^GitHub answered 403 to GET .*"permissions: pull-requests: write"\.$/,
    });
    assert.equal(github.requests.length, 1);
  });
});
