"""What becomes of every table's rows, in a sentence each: a table that isn't here fails a test."""

from collections.abc import Mapping

__all__ = ["KEPT"]

KEPT: Mapping[str, str] = {
    # What runs leave
    "integrations.Run": "Removed with what hangs on it when its class “runs” is past its time (400 days).",
    "integrations.StepEntry": "Removed when the class “steps” is past its time (30 days).",
    "integrations.ListPage": "Pages of long lists: removed with the steps that gave them.",
    "integrations.Payload": "Values over 32 KB: removed with the class of the row that refers to them.",
    "integrations.Exchange": "Removed when the class “exchanges” is past its time (30 days).",
    "integrations.Event": "Its data is removed when the class “events” is past its time (30 days), the row with its last run.",
    "integrations.Occurrence": "Its detail and payloads are removed with the steps, the row with its run.",
    "integrations.Approval": "Message and answer are removed with the steps, the row with its run; the audit trail keeps who decided.",
    "integrations.Reservation": "Removed when it is used, a day after its time, or with its run.",
    "integrations.Lane": "Removed with its last run.",
    "integrations.Failure": "Removed when it is settled, its last run has been removed, and 400 days have passed.",
    # The books
    "integrations.Effect": "For ever: it is what keeps a business effect to once. Its stored request follows the exchanges once it is settled.",
    "integrations.EffectKey": "For ever, with its effect; an update gives its key up when it is settled.",
    "integrations.FieldPosition": "For ever: it keeps an older change from overwriting a newer one.",
    "integrations.CrossReference": "For ever: which record here is which record there.",
    "integrations.Undoing": "For ever, with its effect; what was sent follows that effect's stored request.",
    "integrations.AuditEntry": "For ever: who did what, refused attempts too.",
    "integrations.RowChange": "For ever: the history of what the business maps.",
    # Coming and going by themselves
    "integrations.SeenKey": "Removed when its window is over.",
    "integrations.ScheduleDue": "Settled instants are removed after 90 days, when the schedule next starts.",
    "integrations.Refusal": "Removed 90 days after the last call of its kind.",
    "integrations.KeptAnswer": "Removed after a day.",
    "integrations.SignInFailure": "Removed 30 days after the last one.",
    "integrations.Drain": "Removed when the drain ends or is found dead.",
    "integrations.Sweeper": "One per host.",
    "integrations.Remainder": "Removed when its run is past its time.",
    "sessions.Session": "Removed when it has expired.",
    # What people set up: as long as they keep it
    "integrations.ApiKey": "For ever, revoked ones too: the audit trail names them.",
    "integrations.Backfill": "For ever: people ask for them, one at a time.",
    "integrations.Binding": "For ever: until somebody changes it.",
    "integrations.Breaker": "One per connection.",
    "integrations.Connection": "For ever: until somebody deletes it.",
    "integrations.DataKey": "For ever: a destroyed key is what erases a subject.",
    "integrations.Endpoint": "For ever: public addresses survive releases.",
    "integrations.Environment": "For ever: until somebody deletes an empty one.",
    "integrations.Hold": "For ever: that something was held, and who released it.",
    "integrations.MappingRow": "For ever: until somebody deletes it.",
    "integrations.MappingTable": "For ever: until somebody deletes it.",
    "integrations.Membership": "For ever: until somebody takes the role away.",
    "integrations.PollState": "One per endpoint.",
    "integrations.RateBucket": "One per connection and far account.",
    "integrations.Release": "For ever: runs and the audit trail name it.",
    "integrations.RetentionMark": "One per flow, environment and class.",
    "integrations.Schedule": "One per endpoint.",
    "integrations.Variable": "For ever: until somebody deletes it.",
    "designer.Draft": "One per flow.",
    "designer.Flow": "For ever: until somebody deletes it.",
    "designer.FlowVersion": "For ever: versions are immutable.",
    "auth.User": "For ever: the audit trail names them.",
    "auth.Group": "For ever: until somebody deletes it.",
    "auth.Permission": "One per model and right.",
    "admin.LogEntry": "Not written: the audit trail is kept instead.",
    "contenttypes.ContentType": "One per model.",
    "django_q.OrmQ": "A hint: removed when it is taken.",
    "django_q.Schedule": "Not used.",
    "django_q.Task": "Not kept.",
}
"""By label. Days are the installation's defaults; flows and environments may say otherwise where a class is named."""
