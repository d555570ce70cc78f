"""Runs checkov and parliament on the output of posture/main.ts.

Arguments: its folder, the list of skips, and the file with the comparison's table. Fails for a failed check without a skip, for a
skip that no check needs, for any finding of parliament in the stacks' own policies, and if the table differs from the committed one
(--write rewrites it).
"""

import fnmatch
import json
import subprocess
import sys
from pathlib import Path

import parliament

STACKS = ["prod", "dev", "artie"]
OTHER = "artie-page"


def checkov(plan):
    """Returns the number of passed checks, and the failed ones as (check, resource, title)."""
    command = [str(Path(sys.executable).with_name("checkov")), "--file", str(plan), "--framework", "terraform_plan"]
    result = subprocess.run([*command, "--output", "json", "--quiet"], capture_output=True, text=True, check=False)
    if result.returncode not in (0, 1):
        sys.exit(f"checkov failed with exit code {result.returncode}: {result.stderr}")
    report = json.loads(result.stdout)
    failed = [(one["check_id"], one["resource"], one["check_name"].split(" (")[0]) for one in report["results"]["failed_checks"]]
    if report["summary"]["parsing_errors"] or not report["summary"]["passed"]:
        sys.exit(f"checkov could not read {plan}: {report['summary']}")
    return report["summary"]["passed"], sorted(failed)


def parliament_findings(folder):
    for path in sorted(folder.glob("policies/*.json")):
        for finding in parliament.analyze_policy_string(path.read_text()).findings:
            yield path.stem, finding.issue, finding.detail


def skip_for(failed, stack, skips):
    check, resource, _ = failed
    for number, skip in enumerate(skips):
        applies = skip["check"] == check and fnmatch.fnmatch(resource, skip["resource"])
        if applies and stack in skip.get("stacks", STACKS):
            return number
    return None


def shown(detail):
    if isinstance(detail, str):
        return detail
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        return ", ".join(sorted(one["action"] for one in detail))
    return ", ".join(sorted(map(str, detail)))


def table(passed, failed, policies):
    lines = [
        "# Artie's service account, checked with the same tools",
        "",
        "The resources of the Terraform on artie.com/docs/sources/dynamodb, as in `posture/artie-service-account.ts`. Written by",
        f"`npm run posture -- --write`. checkov: {passed} passed, {len(failed)} failed.",
        "",
        "| Tool | Finding | On | Details |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| checkov | {check} | {resource} | {title} |" for check, resource, title in failed]
    lines += [f"| parliament | {issue} | {name} | {shown(detail)} |" for name, issue, detail in policies]
    return "\n".join(lines) + "\n"


def main(folder, skips_file, table_file, *flags):
    skips = json.loads(Path(skips_file).read_text())
    used, wrong = set(), 0
    for stack in STACKS:
        passed, failed = checkov(Path(folder, stack, "tfplan.json"))
        skipped = {one: skip_for(one, stack, skips) for one in failed}
        used |= {number for number in skipped.values() if number is not None}
        outside = [one for one, number in skipped.items() if number is None]
        policies = list(parliament_findings(Path(folder, stack)))
        count = len(list(Path(folder, stack).glob("policies/*.json")))
        print(
            f"{stack}: checkov {passed} passed, {len(outside)} failed, {len(failed) - len(outside)} skipped with a reason; "
            f"parliament: {len(policies)} findings in {count} policies"
        )
        for finding in [*outside, *policies]:
            print(f"  FAILED: {' | '.join(map(str, finding))}", file=sys.stderr)
        wrong += len(outside) + len(policies)
    for number, skip in enumerate(skips):
        if not skip["reason"].strip() or number not in used:
            print(f"  FAILED: the skip of {skip['check']} on {skip['resource']} is not needed, or has no reason", file=sys.stderr)
            wrong += 1
    passed, failed = checkov(Path(folder, OTHER, "tfplan.json"))
    text = table(passed, failed, list(parliament_findings(Path(folder, OTHER))))
    print("\n" + text)
    if "--write" in flags:
        Path(table_file).write_text(text)
    if Path(table_file).read_text() != text:
        print(f"  FAILED: {table_file} does not match the tools' findings: run npm run posture -- --write", file=sys.stderr)
        wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
