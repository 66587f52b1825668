import JSON

extension Schemas {
    /// The form of a scenario in words: its parts depend on each other in ways that a schema of
    /// JSON hides more than it shows. The engine's reader tells every mistake with its place.
    static let scenarioForm =
        "Either `steps`, a list of requests that each user makes one after the other, or "
        + "`requests`, a mix of which each is chosen by its `weight` (1).\n\n"
        + "A request has `url` or `path` (behind targetUrl), and may have `name` (its path), "
        + "`method` (GET), `headers` (an object of texts or lists of them), one of `body`, `json` "
        + "and `bodyBase64`, `timeout`, and in steps `thinkTime`; further `expect`, an object of "
        + "`status` (such as 200, \"2xx\", \"200-299\" or a list of these; 200-399), `contains`, "
        + "`notContains` (a text or a list) and `maxBytes`; and `extract`, a list of objects with "
        + "a `variable` and one of `jsonPointer`, `header` and `regex` (with a `group`).\n\n"
        + "Paths, headers and bodies may have {{VARIABLE}}, {{data.LIST.COLUMN}}, {{uuid}}, "
        + "{{timestamp}} (Unix milliseconds) and {{randomInt 1 100}}.\n\n"
        + "Beside them: `name`; `headers`, `timeout` and `connectTimeout` of all requests; "
        + "`connection` (keepAlive or close); `followRedirects` (how many, 0); `tls` with `verify` "
        + "(true) and `resume` (false); `tracing` (true, or a share such as 0.1 of the requests: "
        + "they are sent with a W3C traceparent of their own); `seed`; `baseUrl`, whose place "
        + "targetUrl takes; `data`, an object of lists by name, each with `columns` and `rows`, or "
        + "`csv`, and `pick` (sequential, random, perUser or unique); and `load`.\n\n"
        + "`load` has `model` (closed or open), `users`, `spawnRate` and `thinkTime` (a duration, "
        + "{uniform: {min, max}} or {exponential: {mean}}) of the closed model; `rate` of the "
        + "open one, such as 200 or \"30/m\"; `stages`, a list of {duration, users} or {duration, "
        + "rate}; `duration`, `maxRequests`, `drain`, `tick` (auto, exact or a duration); and "
        + "`stopRule`, {failurePercent, window, minRequests}. Its users, spawnRate and duration "
        + "are the defaults of the fields of the body, which win. With a rate, users are the most "
        + "under way at once.\n\n"
        + "Durations are seconds or text such as 1m30s."

    /// One of each part. Nil only where the text below is no JSON, which a test rules out.
    static let scenarioExample = try? JSONReader.document(Array(scenarioExampleText.utf8))

    private static let scenarioExampleText = """
        {
          "data": {
            "accounts": {
              "columns": ["name", "password"], "rows": [["ann", "a1"], ["ben", "b2"]],
              "pick": "perUser"
            }
          },
          "load": {
            "thinkTime": "500ms",
            "stages": [{"duration": "30s", "users": 50}, {"duration": "2m", "users": 50}],
            "stopRule": {"failurePercent": 50, "window": "10s"}
          },
          "steps": [
            {
              "name": "sign in", "method": "POST", "path": "/session",
              "json": {
                "name": "{{data.accounts.name}}", "password": "{{data.accounts.password}}"
              },
              "expect": {"status": 201},
              "extract": [{"variable": "token", "jsonPointer": "/token"}]
            },
            {
              "name": "orders", "path": "/orders",
              "headers": {"Authorization": "Bearer {{token}}"},
              "expect": {"status": "2xx", "contains": "items"}
            }
          ]
        }
        """
}
