"""A program of a user: the component with a table of its own, as in examples/managed-table."""

import pulumi
import pulumi_aws as aws
import pulumi_dynamodb_replicator as replicator

invoices = aws.dynamodb.Table(
    "invoices",
    billing_mode="PAY_PER_REQUEST",
    hash_key="invoiceId",
    attributes=[{"name": "invoiceId", "type": "S"}],
    stream_enabled=True,
    stream_view_type="NEW_AND_OLD_IMAGES",
    point_in_time_recovery={"enabled": True},
)

deployed = replicator.DynamoDBReplicator(
    "managed",
    tables=[
        replicator.ReplicatedTableArgs(
            name="invoices", management=replicator.TableManagement.MANAGED, table=invoices
        ),
        {"name": "payments"},
    ],
    destination=replicator.DestinationArgs(
        postgres=replicator.PostgresDestinationArgs(
            host="warehouse.internal", user="replicator", password=pulumi.Output.secret("password")
        )
    ),
    network={"vpc_name": "main"},
    image={"uri": "example.com/replicator@sha256:" + "0" * 64},
)

pulumi.export("table", invoices.name)
pulumi.export("bucket", deployed.bucket_name)
