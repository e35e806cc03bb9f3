"""The names of JSONata's own functions, and those a flow may not use."""

__all__ = ["BUILTIN", "REFUSED"]

BUILTIN = frozenset(
    """abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl
    decodeUrlComponent distinct each encodeUrl encodeUrlComponent error exists filter floor formatBase formatInteger
    formatNumber fromMillis join keys length lookup lowercase map match max merge millis min not now number pad
    parseInteger power reduce replace reverse round sift single sort split spread sqrt string substring substringAfter
    substringBefore sum toMillis trim type uppercase zip""".split()
)

REFUSED = {
    "eval": "a flow's content is never run as code",
    "random": "a retry must compute the same again",
    "shuffle": "a retry must compute the same again",
}
"""Name → why not."""
