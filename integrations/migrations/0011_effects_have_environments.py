"""Effects made before they kept their environment get that of their run, or of their connection."""

from django.db import migrations

FILL = """
    UPDATE integrations_effect SET environment_id = COALESCE(
        (SELECT environment_id FROM integrations_run WHERE integrations_run.id = integrations_effect.run_id),
        (SELECT environment_id FROM integrations_connection
         WHERE integrations_connection.id = integrations_effect.connection_id)
    ) WHERE environment_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('integrations', '0010_retention'),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
