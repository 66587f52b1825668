import JSON

@testable import LoadEngine

/// Scenarios for tests, as JSON.
enum Document {
    static func json(_ text: String) throws -> JSONValue {
        try JSONReader.document(Array(text.utf8))
    }

    static func scenario(_ text: String) throws -> Scenario {
        try Scenario.read(json(text))
    }

    /// A scenario whose only request is `request`.
    static func request(_ request: String, more: String = "") throws -> Scenario {
        try scenario(#"{"requests": [\#(request)]\#(more.isEmpty ? "" : ", " + more)}"#)
    }

    /// The pointers and messages of what is wrong.
    static func problems(_ text: String) -> [String] {
        do {
            _ = try scenario(text)
            return []
        } catch let error as ScenarioError {
            return error.problems.map { "\($0.pointer): \($0.message)" }
        } catch {
            return ["\(error)"]
        }
    }

    /// Everything that there is.
    static let whole = #"""
        {
          "name": "checkout", "baseUrl": "https://shop.example:8443/base/", "seed": 42,
          "load": {
            "model": "closed", "users": 50, "spawnRate": 10,
            "thinkTime": {"uniform": {"min": "1s", "max": 3}},
            "stages": [{"duration": "30s", "users": 100}, {"duration": 0, "users": 20}],
            "duration": "1m30s", "maxRequests": 10000, "drain": "5s", "tick": "auto",
            "stopRule": {"failurePercent": 50, "window": "10s", "minRequests": 100}
          },
          "timeout": "10s", "connectTimeout": 5, "connection": "keepAlive",
          "followRedirects": true, "tls": {"verify": false, "resume": true},
          "headers": {"X-Tenant": "{{data.tenant}}", "Accept": "application/json"},
          "data": {
            "users": {"pick": "sequential", "columns": ["name", "password"],
                      "rows": [["a", 1], ["b", 2]]},
            "shops": {"pick": "random", "rows": [{"tenant": "t1"}, {"tenant": "t2"}]},
            "codes": {"pick": "unique", "csv": "code,name\nx,1\r\n\"y, \"\"z\"\"\",2\n"}
          },
          "steps": [
            {"name": "login", "method": "post", "path": "/login?at={{timestamp}}",
             "json": {"name": "{{data.users.name}}", "id": "{{uuid}}"},
             "expect": {"status": [200, "3xx", "401-403"], "contains": "token",
                        "notContains": ["error"], "maxBytes": 4096},
             "extract": [{"variable": "token", "jsonPointer": "/token"},
                         {"variable": "etag", "header": "ETag"},
                         {"variable": "csrf", "regex": "csrf=\"([^\"]+)\"", "group": 1}],
             "thinkTime": "10ms"},
            {"url": "http://other.example/items/{{data.code}}?n={{randomInt 1 100}}#top",
             "headers": {"Authorization": "Bearer {{token}}", "accept": "text/plain"},
             "timeout": "2s"},
            {"method": "PUT", "path": "/items", "body": "{{{{x}} {{csrf}} {{etag}}"},
            {"method": "PUT", "path": "/raw", "bodyBase64": "AAH/"}
          ]
        }
        """#
}
