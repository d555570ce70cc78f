"""Deserializes every item of gzipped export files with boto3, as a Python program would.

Usage: deserialize.py FILE...
Prints `Measured` of measured.ts, without `bytes`, as JSON.
"""

import base64
import gzip
import json
import resource
import sys
import time

from boto3.dynamodb.types import TypeDeserializer


def with_bytes(value):
    """The value with its binary parts as bytes: boto3 rejects text."""
    ((kind, content),) = value.items()
    if kind == "B":
        return {"B": base64.b64decode(content)}
    if kind == "BS":
        return {"BS": [base64.b64decode(part) for part in content]}
    if kind == "L":
        return {"L": [with_bytes(part) for part in content]}
    if kind == "M":
        return {"M": {name: with_bytes(part) for name, part in content.items()}}
    return value


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_bytes():
    """VmHWM, because ru_maxrss starts at the parent's value."""
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


deserializer = TypeDeserializer()
started = time.perf_counter()
cpu_before = cpu_seconds()
items = 0
for path in sys.argv[1:]:
    with gzip.open(path, "rb") as lines:
        for line in lines:
            item = json.loads(line)["Item"]
            decoded = {name: deserializer.deserialize(with_bytes(value)) for name, value in item.items()}
            items += 1
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "cpuSeconds": cpu_seconds() - cpu_before,
            "peakBytes": peak_bytes(),
            "items": items,
        }
    )
)
