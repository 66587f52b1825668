"""Lets valid bodies name the one tenant that there is, so that many of them are taken.

Emergency stops are turned against a host that nothing else is about: one that stops all starts
would let nothing else be tried.
"""

from __future__ import annotations

from typing import Any

import schemathesis

KNOWN = {"tenantId": "red", "envId": "dev", "targetUrl": "http://127.0.0.1:9"}
# These are for the engines, and most of what has their shape is none.
READ_BY_ENGINES = (
    "scenario",
    "targetsBase64",
    "locustClusterId",
    "locustfile",
    "userClasses",
    "thresholds",
    "baseline",
)


def webhook(body: dict[str, Any]) -> dict[str, Any]:
    """The same for a place that there is, with a receiver that nobody is."""
    kept = {name: body[name] for name in ("name", "events")}
    events = kept["events"] or ["run.finished"]
    return {
        **kept,
        "events": events,
        "tenantId": "red",
        "kind": "json",
        "url": "http://127.0.0.1:9/in",
    }


@schemathesis.hook
def map_case(context: Any, case: Any) -> Any:
    body, generation = case.body, case.meta.generation if case.meta else None
    if isinstance(body, dict) and body.get("scope") in ("all", "tenant"):
        case.body = {**body, "scope": "host", "host": "elsewhere.example"}
        return case
    if isinstance(body, dict) and {"events", "kind", "name"} <= body.keys():
        if generation is not None and not generation.mode.is_negative:
            case.body = webhook(body)
        return case
    is_definition = isinstance(body, dict) and KNOWN.keys() <= body.keys()
    if generation is None or generation.mode.is_negative or not is_definition:
        return case
    # The same bodies each time, half of them: the others show what is refused.
    if len(str(body.get("name"))) % 2 == 0:
        rest = {name: value for name, value in body.items() if name not in READ_BY_ENGINES}
        case.body = {**rest, **KNOWN}
    return case
