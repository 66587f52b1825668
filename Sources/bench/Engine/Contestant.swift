/// A load generator with its options.
struct Contestant {
    /// What it is to do.
    struct Shot {
        let url: String
        let connections: Int
        let seconds: Double
        /// The file for a report, by those who write one.
        let report: String
        let folder: Folder
    }

    let name: String
    /// Whether goals and verdicts are about it.
    let isOurs: Bool
    let command: (Shot) throws -> [String]

    static func wrk(_ path: String?, named name: String = "wrk", _ flags: [String] = [])
        -> [Contestant]
    {
        guard let path else { return [] }
        return [
            Contestant(name: name, isOurs: false) { shot in
                // It knows only whole seconds.
                let seconds = Int(shot.seconds.rounded(.up))
                return [path, "-t1", "-c\(shot.connections)", "-d\(seconds)s"] + flags + [shot.url]
            }
        ]
    }

    static func engine(
        _ path: String, named name: String = "swarmkeeper", _ flags: [String] = []
    ) -> Contestant {
        Contestant(name: name, isOurs: true) { shot in
            [path, "attack", shot.url] + options(for: shot) + flags
        }
    }

    /// Steps, templates and extraction against a target that answers JSON.
    static func scriptedEngine(_ path: String) -> Contestant {
        Contestant(name: "swarmkeeper", isOurs: true) { shot in
            let file = try shot.folder.write(Scenario.text(for: shot.url), to: "scenario.json")
            return [path, "attack", "--scenario", file] + options(for: shot)
        }
    }

    private static func options(for shot: Shot) -> [String] {
        let milliseconds = Int((shot.seconds * 1_000).rounded())
        return [
            "-c", "\(shot.connections)", "-d", "\(milliseconds)ms", "--quiet",
            "--output", "json=\(shot.report)",
        ]
    }
}

/// What a scripted user does.
enum Scenario {
    static func text(for url: String) -> String {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        return """
            {
              "baseUrl": "\(base)",
              "steps": [
                {
                  "name": "login", "method": "POST", "path": "/login/{{randomInt 1 100}}",
                  "headers": {"Content-Type": "application/json"},
                  "body": "{\\"user\\": \\"{{uuid}}\\"}",
                  "extract": [
                    {"variable": "token", "jsonPointer": "/token"},
                    {"variable": "item", "jsonPointer": "/id"}
                  ]
                },
                {
                  "name": "item", "method": "GET", "path": "/items/{{item}}",
                  "headers": {"Authorization": "Bearer {{token}}"},
                  "extract": [{"variable": "token", "header": "X-Token"}]
                },
                {
                  "name": "list", "method": "GET", "path": "/items",
                  "headers": {"Authorization": "Bearer {{token}}"}
                }
              ]
            }

            """
    }
}
