"""How each state, kind and verdict of the vocabulary looks: tone, icon and word, in one place."""

from collections.abc import Mapping

from integrations.console.marks import Look

__all__ = [
    "APPROVAL", "CONNECTION", "EFFECT", "FAILURE_STATE", "KIND", "MARK", "NOTICE", "NOT_ANSWERING", "STEP", "VERDICT", "WAITS", "WHAT_TO_DO",
    "of_run",
]  # fmt: skip

_RUN: Mapping[str, Look] = {
    "queued": Look("", "clock", "Queued"),
    "running": Look("info", "loader-circle", "Running"),
    "parked": Look("", "hourglass", "Parked"),
    "succeeded": Look("ok", "circle-check", "Succeeded"),
    "failed": Look("bad", "circle-x", "Failed"),
    "cancelled": Look("", "ban", "Cancelled"),
}
_PARKED: Mapping[str, Look] = {
    "retry": Look("warn", "rotate-cw", "Retrying"),
    "rate": Look("", "hourglass", "Parked: asked to slow down"),
    "reconnect": Look("bad", "key-round", "Parked: reconnect needed"),
    "agent": Look("", "hourglass", "Parked: agent offline"),
    "effect": Look("", "hourglass", "Parked: effect in flight"),
    "waiting": Look("", "hourglass", "Parked: waiting"),
    "person": Look("warn", "user-round", "Parked: needs a person"),
}
WAITS: Mapping[str, Look] = {
    "turn": Look("", "hourglass", "Waits its turn"),
    "alone": Look("warn", "triangle-alert", "Goes on alone: its worker died"),
    "set_aside": Look("bad", "ban", "Set aside: killed its worker twice"),
}
"""Where what a run waits for says more than its state."""
NOTICE: Mapping[str, Look] = {
    "stalled": Look("bad", "circle-x", "Nobody is at work"),
    "not_answering": Look("warn", "plug", "Not answering"),
    "reconnect": Look("bad", "key-round", "Needs reconnecting"),
    "slow_down": Look("", "hourglass", "Limit reached"),
    "set_aside": Look("bad", "ban", "Set aside"),
    "paused": Look("", "circle-pause", "Paused"),
}
_ENDED: Mapping[str, Look] = {
    "filtered": Look("", "circle-slash-2", "Filtered"),
    "superseded": Look("", "circle-slash-2", "Superseded"),
}
STEP: Mapping[str, Look] = {
    "begun": Look("info", "loader-circle", "Running"),
    "done": Look("ok", "circle-check", "Done"),
    "retry": Look("warn", "rotate-cw", "Retrying"),
    "wait": Look("", "hourglass", "Waiting"),
    "fail": Look("bad", "circle-x", "Failed"),
    "skipped": Look("t3", "circle-dashed", "Skipped"),
    "": Look("t3", "circle-dashed", "Not reached"),
}
EFFECT: Mapping[str, Look] = {
    "intended": Look("info", "circle-dot", "Intended"),
    "confirmed": Look("ok", "shield-check", "Confirmed"),
    "refused": Look("bad", "ban", "Refused"),
    "unknown": Look("warn", "clock-alert", "Unknown"),
    "conflict": Look("bad", "git-compare", "Conflict"),
}
KIND: Mapping[str, Look] = {
    "auth": Look("bad", "key-round", "Sign-in"),
    "config": Look("bad", "settings-2", "Setup"),
    "data": Look("bad", "database", "Data"),
    "not_found": Look("bad", "package-search", "Not found"),
    "conflict": Look("bad", "git-compare", "Conflict"),
    "outcome_unknown": Look("warn", "clock-alert", "Unknown"),
    "table_miss": Look("bad", "table-2", "Missing row"),
    "transient": Look("warn", "rotate-cw", "Retries used up"),
    "rate_limited": Look("", "hourglass", "Slow down"),
    "bug": Look("bad", "bug", "Bug"),
}
VERDICT: Mapping[str, Look] = {
    "config": Look("bad", "settings-2", "Setup, not data"),
    "data": Look("bad", "database", "Data, not setup"),
    "system": Look("warn", "plug", "Neither setup nor data"),
}
FAILURE_STATE: Mapping[str, Look] = {
    "open": Look("", "circle-dot", "Open"),
    "snoozed": Look("t3", "alarm-clock", "Snoozed"),
    "ignored": Look("t3", "ban", "Ignored"),
    "resolved": Look("ok", "circle-check", "Resolved"),
}
APPROVAL: Mapping[str, Look] = {
    "waiting": Look("warn", "user-round", "Waits for a decision"),
    "approved": Look("ok", "circle-check", "Approved"),
    "rejected": Look("bad", "ban", "Rejected"),
    "expired": Look("t3", "clock-alert", "Expired"),
    "withdrawn": Look("t3", "circle-slash-2", "Withdrawn"),
}
CONNECTION: Mapping[str, Look] = {
    "untested": Look("", "circle-dashed", "Not tested yet"),
    "ok": Look("ok", "circle-check", "Working"),
    "reconnect": Look("bad", "key-round", "Needs reconnecting"),
}
NOT_ANSWERING = Look("warn", "plug", "Not answering")
MARK: Mapping[str, Look] = {
    "live": Look("", "shield-check", "Live"),
    "test": Look("", "flask-conical", "Test"),
    "sandbox": Look("", "flask-conical", "Sandbox"),
}
WHAT_TO_DO: Mapping[str, str] = {
    "auth": "Reconnect the connection. The runs wait safely and go on by themselves afterwards.",
    "config": "Change the setting that is named, then retry. Every run of this group fails until then.",
    "data": "Correct the record where it comes from, or the mapping, then retry.",
    "not_found": "See whether the record was removed or renamed in the far system, then retry or cancel the run.",
    "conflict": "Compare what was made with what is meant now, and decide. Interlock writes nothing until you do.",
    "outcome_unknown": "Look in the far system whether it happened. A retry looks it up first; if it never happened, say so on the run's page.",
    "table_miss": "Add the missing row. The runs then go on from the step where they stopped.",
    "transient": "The far system did not answer often enough. Retry when it is back; nothing was written.",
    "rate_limited": "Nothing to do: the runs go on when the far system allows it.",
    "bug": "This is a fault in Interlock. Keep the run and report it; a retry is safe.",
}


def of_run(state: str, reason: str = "", result: str = "") -> Look:
    """How a run looks, with why it is parked or how it ended."""
    if state == "parked":
        return _PARKED.get(reason, _RUN["parked"])
    if state == "succeeded":
        return _ENDED.get(result, _RUN["succeeded"])
    return _RUN.get(state, Look("", "circle-dot", state.capitalize()))
