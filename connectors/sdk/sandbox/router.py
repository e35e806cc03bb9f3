"""Finds what answers a request, by its method and path."""

import re
from collections.abc import Iterable
from typing import Generic, TypeVar

from connectors.sdk.sandbox.http import Request

__all__ = ["Router"]

E = TypeVar("E")

_PARAMETER = re.compile(r"<(\w+)(?::([\w|]+))?>")
"""`<box>` stands for one part of a path, `<version:v1|v2>` for one of the named."""


class Router(Generic[E]):
    """`routes` are (method, rule, endpoint). Trailing slashes are optional; a rule without parameters wins."""

    def __init__(self, routes: Iterable[tuple[str, str, E]]) -> None:
        self._fixed: dict[str, dict[str, E]] = {}
        self._rules: dict[str, tuple[re.Pattern[str], dict[str, E]]] = {}
        for method, rule, endpoint in routes:
            self._methods(rule)[method] = endpoint

    def match(self, request: Request) -> E:
        """The endpoint, with the request's `params` filled in; raises `LookupError("path" | "method")`."""
        path = request.path.rstrip("/") or "/"
        method = "GET" if request.method == "HEAD" else request.method
        methods = self._fixed.get(path)
        if methods is None or method not in methods:
            methods = self._by_rule(path, method, request) or methods
        if methods is None:
            raise LookupError("path")
        if method not in methods:
            raise LookupError("method")
        return methods[method]

    def _by_rule(self, path: str, method: str, request: Request) -> dict[str, E] | None:
        other = None
        for pattern, methods in self._rules.values():
            found = pattern.fullmatch(path)
            if found and method in methods:
                request.params = found.groupdict()
                return methods
            other = methods if found else other
        return other

    def _methods(self, rule: str) -> dict[str, E]:
        if "<" not in rule:
            return self._fixed.setdefault(rule, {})
        pattern = _PARAMETER.sub(lambda found: f"(?P<{found[1]}>{found[2] or '[^/]+'})", rule)
        return self._rules.setdefault(rule, (re.compile(pattern), {}))[1]
