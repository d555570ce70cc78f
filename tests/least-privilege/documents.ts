import type { PolicyDocument } from '../../infra/plan/iam/documents';
import type { Statement } from '../../infra/plan/iam/statements';

/** A document with something removed. */
export interface Reduced {
  readonly what: string;
  readonly document: PolicyDocument;
  /** Actions that it no longer allows. */
  readonly lacks: readonly string[];
}

/** The document without each of its statements in turn. */
export function withoutEachStatement(document: PolicyDocument): readonly Reduced[] {
  return document.Statement.map((removed) => ({
    what: removed.Sid,
    document: { ...document, Statement: document.Statement.filter((each) => each !== removed) },
    lacks: removed.Action,
  }));
}

/** The document without each of its actions in turn. */
export function withoutEachAction(document: PolicyDocument): readonly Reduced[] {
  return document.Statement.flatMap((statement) =>
    statement.Action.map((action) => ({
      what: action,
      document: {
        ...document,
        Statement: document.Statement.map((each) => (each === statement ? less(each, action) : each)),
      },
      lacks: [action],
    })),
  );
}

function less(statement: Statement, action: string): Statement {
  return { ...statement, Action: statement.Action.filter((each) => each !== action) };
}

/** Every action with every resource that it is allowed on. */
export function grantsOf({
  Statement,
}: PolicyDocument): readonly (readonly [action: string, resource: string])[] {
  return Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => [action, resource] as const)),
  );
}
