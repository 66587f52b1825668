"""Modules of the page by themselves, in the browser that they are for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

# Follows a stream whose answers are given, each a list of pieces as they come by the network, and
# tells what came of it when it ended.
FOLLOW = """async (answers) => {
  const { openStream } = await import("/assets/stream.js");
  const told = { events: [], states: [], asked: [], polls: 0 };
  const encoder = new TextEncoder();
  const api = {
    async send(method, path, { headers }) {
      told.asked.push(headers["Last-Event-ID"] ?? null);
      const { status = 200, pieces = [], type = "text/event-stream" } = answers.shift();
      const body = new ReadableStream({
        start(controller) {
          for (const piece of pieces) controller.enqueue(encoder.encode(piece));
          controller.close();
        },
      });
      return new Response(body, { status, headers: { "Content-Type": type } });
    },
  };
  await new Promise((resolve) => {
    const close = openStream({
      api, path: "/v1/events",
      onEvent(name, data) {
        told.events.push([name, data]);
        if (name === "end" || name === "last") setTimeout(() => { close(); resolve(); });
      },
      onState: (state) => told.states.push(state),
      async poll() {
        told.polls += 1;
        if (answers.length === 0) setTimeout(() => { close(); resolve(); });
      },
    });
  });
  return told;
}"""


@pytest.fixture
def module_page(open_page) -> Page:
    return open_page(role=None)


def test_events_are_read_however_they_are_cut(module_page):
    text = (
        ': heartbeat\r\n\r\nretry: 10\n\nid: 1\nevent: sample\ndata: {"text":\ndata: "ä€😀"}\n\n'
        "data: [1]\r\rid:2\r\nevent:run\r\ndata:{}\r\n\r\nevent: broken\ndata: {\n\nevent: none\n\n"
        'id: 3\nevent: end\ndata: {"state": "Finished"}\n\nevent: late\ndata: 1\n\n'
    )
    expected = [
        ["sample", {"text": "ä€😀"}],
        ["message", [1]],
        ["run", {}],
        ["end", {"state": "Finished"}],
    ]
    for size in (1, 2, 3, 7, 1000):
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        told = module_page.evaluate(FOLLOW, [{"pieces": pieces}])
        assert told["events"][:4] == expected, f"pieces of {size}"
        assert told["states"] == ["connecting", "live"]
        assert told["polls"] == 0


def test_a_stream_that_was_cut_off_is_resumed_behind_its_last_event(module_page):
    told = module_page.evaluate(
        FOLLOW,
        [
            {"pieces": ["retry: 10\n\nid: a\nevent: run\ndata: 1\n\nid: b\nevent: run\ndata"]},
            {"status": 503, "type": "application/problem+json"},
            {"pieces": ["event: dropped\ndata: {}\n\n"]},
            {"pieces": ["event: reset\ndata: {}\n\n"]},
            {"pieces": ["id: z\nevent: end\ndata: {}\n\n"]},
        ],
    )
    assert told["asked"] == [None, "a", "a", "a", None]
    assert [name for name, _ in told["events"]] == ["run", "dropped", "reset", "end"]
    # What is missed meanwhile is asked for.
    assert told["polls"] >= 1
    assert told["states"][:2] == ["connecting", "live"] and "polling" in told["states"]


def test_a_service_without_a_stream_is_asked_instead(module_page):
    told = module_page.evaluate(FOLLOW, [{"status": 404, "type": "application/problem+json"}])
    assert told["polls"] == 1 and told["events"] == []
    assert told["states"] == ["connecting", "polling"]


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/steps", 3),
        ("/steps/1/path", 6),
        ("/steps/1/headers/a~1b", 7),
        ("/steps/9", 3),
        ("/steps/0/none", 4),
        ("/x~0y", 10),
    ],
)
def test_a_pointer_leads_to_its_line(module_page, pointer, line):
    text = """{
  "name": "a \\" , [ { in a text",
  "steps": [
    {"path": "/"},
    {
      "path": "/b",
      "headers": {"a/b": [1, {"c": 2}]}
    }
  ],
  "x~y": null
}"""
    script = """async ([text, pointer]) => {
      const { lineAt, positionOf } = await import("/assets/jsontext.js");
      return lineAt(text, positionOf(text, pointer));
    }"""
    assert module_page.evaluate(script, [text, pointer]) == line


def test_numbers_are_written_as_people_read_them(module_page):
    script = """async (calls) => {
      const format = await import("/assets/format.js");
      return calls.map(([name, value]) => format[name](value));
    }"""
    expected = {
        ("count", 12345): "12,345",
        ("count", None): "\u2013",
        ("short", 0): "0",
        ("short", 4.126): "4.13",
        ("short", 999.6): "1,000",
        ("short", 12345): "12.3k",
        ("short", 4_567_000): "4.57M",
        ("milliseconds", 0.4237): "0.424 ms",
        ("milliseconds", 1234): "1.23 s",
        ("percent", 0): "0 %",
        ("percent", 0.0003): "< 0.01 %",
        ("percent", 12.345): "12.3 %",
        ("duration", 7.5): "7.5 s",
        ("duration", 45): "45 s",
        ("duration", 725): "12 min 5 s",
        ("duration", 3600): "1 h",
        ("duration", 187200): "2 d 4 h",
        ("clock", 65): "1:05",
        ("clock", 3725): "1:02:05",
    }
    told = module_page.evaluate(script, [list(call) for call in expected])
    assert dict(zip(expected, told, strict=True)) == expected


# What the card of the load generator says of a Locust run whose workers were so many.
WORKERS = """async (workers) => {
  const { engine } = await import("/assets/run/engine.js");
  const card = engine();
  const points = { last: { workers: workers.at(-1) }, columns: () => ({ workers }) };
  card.show({ run: { minWorkersShare: 0.5 }, summary: { engine: null }, points });
  return [...card.element.querySelectorAll(".badge, dt, dd")].map((part) => part.textContent);
}"""


@pytest.mark.parametrize(
    ("workers", "badge"),
    [([None, 2, 2], "All workers at work"), ([2, 3, 1], "2 of 3 workers lost")],
)
def test_workers_that_are_lost_are_told(module_page, workers, badge):
    most = str(max(worker or 0 for worker in workers))
    assert module_page.evaluate(WORKERS, workers) == [
        badge,
        *("Workers now", str(workers[-1]), "Workers at most", most, "Stops below", "50 %"),
    ]
