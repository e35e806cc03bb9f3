"""Shared rates, breakers and reservations; a connection may have limits of its own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_schedules_and_polls")]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="own_limits",
            field=models.JSONField(
                blank=True,
                help_text="Instead of the connector's: [{calls, per, concurrent}]; none = the connector's.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="RateBucket",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="connection:3 or account:sage50:<far id>", max_length=320, unique=True
                    ),
                ),
                ("version", models.PositiveBigIntegerField(default=0)),
                (
                    "granted",
                    models.JSONField(default=dict, help_text="When calls were granted, by allowance."),
                ),
                (
                    "pace",
                    models.FloatField(default=0.0, help_text="Learned: seconds between two calls; 0 = none."),
                ),
                ("paced_at", models.DateTimeField(blank=True, null=True)),
                ("blocked_until", models.DateTimeField(blank=True, null=True)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={"ordering": ["key"]},
        ),
        migrations.CreateModel(
            name="Breaker",
            fields=[
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="breaker",
                        serialize=False,
                        to="integrations.connection",
                    ),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, help_text="In a row, over all processes."),
                ),
                ("open_since", models.DateTimeField(blank=True, null=True)),
                (
                    "probe_at",
                    models.DateTimeField(blank=True, help_text="When the next call may try.", null=True),
                ),
                (
                    "probes",
                    models.PositiveIntegerField(
                        default=0, help_text="Tries since it opened; each doubles the pause."
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
            options={"ordering": ["connection"]},
        ),
        migrations.CreateModel(
            name="Reservation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("calls", models.PositiveIntegerField(default=1)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reservations",
                        to="integrations.run",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("run", "path"), name="reservation_once")],
            },
        ),
    ]
