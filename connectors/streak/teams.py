"""Teams: contacts and organizations belong to one, so a connection works in exactly one."""

from connectors.sdk.errors import Config, NotFound
from connectors.sdk.operation import Call
from connectors.sdk.paths import path_of
from connectors.sdk.wire import Json

__all__ = ["chosen_team", "team_key", "team_of", "teams_of"]

_FRESH = 300.0


def teams_of(call: Call) -> list[dict[str, str]]:
    """[{"key", "name"}] of this key's teams; older accounts only show their team's key on a pipeline."""
    try:
        answer = call.get("/v2/users/me/teams")
    except NotFound:
        answer = None
    if isinstance(answer, list):
        answer = answer[0] if answer else None
    if isinstance(answer, dict) and answer.get("results"):
        return [{"key": team["key"], "name": team.get("name") or team["key"]} for team in answer["results"]]
    pipelines = call.get("/v1/pipelines")
    keys = {pipeline["teamKey"] for pipeline in pipelines if pipeline.get("teamKey")}
    return [{"key": key, "name": key} for key in sorted(keys)]


def chosen_team(call: Call) -> dict[str, str]:
    """The team this connection works in. Raises `Config` when its setting must say which."""
    teams = teams_of(call)
    wanted = str(call.settings.get("team_key") or "")
    chosen = [team for team in teams if team["key"] == wanted] if wanted else teams
    if not chosen:
        raise Config(
            "The team set on this connection is not one this key can see.",
            code="team_unknown",
            pointer="/team_key",
        )
    if len(chosen) > 1:
        choices = [{"value": team["key"], "label": team["name"]} for team in chosen]
        raise Config(
            "This key sees several teams; choose one.",
            code="team_needed",
            pointer="/team_key",
            info={"choices": choices},
        )
    return chosen[0]


def team_key(call: Call) -> str:
    """The key of the connection's team: as set, else the only one there is. Raises `Config`."""
    wanted = str(call.settings.get("team_key") or "")
    return wanted or str(call.cached("team", _FRESH, lambda: chosen_team(call)["key"]))


def team_of(call: Call, key: str, *, fresh: bool = False) -> Json:
    """The team as Streak gives it, with its members and the custom fields of contacts and organizations."""
    path = path_of("v2", "teams", key)
    return call.cached(f"team:{key}", 0.0 if fresh else _FRESH, lambda: call.get(path))
