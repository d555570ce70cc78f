/** The review as a comment on a pull request: one for each stack, which every push edits. */

/** A pull request on GitHub. */
export interface PullRequest {
  /** Address of the API: `https://api.github.com`. */
  readonly api: string;
  /** `OWNER/NAME`. */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

/** GitHub refused a request. */
export class CommentRefused extends Error {
  constructor(
    readonly request: string,
    readonly status: number,
  ) {
    super(
      `GitHub answered ${status} to ${request}. A job that comments needs GH_TOKEN: \${{ github.token }} and ` +
        '"permissions: pull-requests: write".',
    );
    this.name = new.target.name;
  }
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly type?: string } | null;
}

/** Source: GitHub refuses longer comments with "body is too long (maximum is 65536 characters)". */
const MOST_CHARACTERS = 65_536;
const CUT = '\n\nThe rest is too long for a comment: `npm run review` prints it.\n';
const PAGE = 100;

/** Posts the review, or edits the comment with the stack's earlier review. @throws CommentRefused */
export async function commentOn(pull: PullRequest, stack: string, review: string): Promise<void> {
  const marker = markerOf(stack);
  const body = JSON.stringify({ body: bodyOf(marker, review) });
  const comments = `/repos/${pull.repository}/issues/${pull.number}/comments`;
  const earlier = await find(pull, comments, marker);
  if (earlier === undefined) await ask(pull, 'POST', comments, body);
  else await ask(pull, 'PATCH', `/repos/${pull.repository}/issues/comments/${earlier.id}`, body);
}

/** The first line of a stack's comment. GitHub does not show it. */
function markerOf(stack: string): string {
  return `<!-- dynamodb-replicator: review of the stack ${stack} -->`;
}

function bodyOf(marker: string, review: string): string {
  const whole = `${marker}\n${review}`;
  return whole.length <= MOST_CHARACTERS ? whole : whole.slice(0, MOST_CHARACTERS - CUT.length) + CUT;
}

/** The workflow's own comment with the marker. What a person quotes from it is theirs. */
async function find(pull: PullRequest, comments: string, marker: string): Promise<Comment | undefined> {
  for (let page = 1; ; page += 1) {
    const path = `${comments}?per_page=${PAGE}&page=${page}`;
    const found = (await (await ask(pull, 'GET', path)).json()) as readonly Comment[];
    const own = found.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(`${marker}\n`));
    if (own !== undefined || found.length < PAGE) return own;
  }
}

async function ask(
  { api, token }: PullRequest,
  method: string,
  path: string,
  body?: string,
): Promise<Response> {
  const response = await fetch(api + path, {
    method,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-github-api-version': '2022-11-28',
    },
    ...(body !== undefined && { body }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new CommentRefused(`${method} ${path}`, response.status);
  return response;
}
