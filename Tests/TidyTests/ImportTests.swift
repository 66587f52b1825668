import Testing

/// Imports point down, never sideways. Package.swift says what a target can import; this says what
/// it may.
struct ImportTests {
    private static let shims: Set = [
        "CDashboard", "CLinux", "COpenSSL", "CPCRE2", "CSQLite", "CZlib",
    ]

    /// What each target may import of ours, from the design's map: foundations nothing but shims,
    /// blocks foundations, and so on down.
    static let allowed: [String: Set<String>] = [
        "Addresses": [],
        "Comparison": ["Metrics"],
        "Crypto": ["COpenSSL"],
        "Exposition": [],
        "HTTP": [],
        "JSON": [],
        "Logging": [],
        "Metrics": [],
        "Networking": ["CLinux", "COpenSSL"],
        "Schedules": [],
        "SQLite": ["CSQLite"],
        "Thresholds": ["Metrics"],
        "YAML": [],
        "HTTPServer": ["Addresses", "HTTP", "Networking", "Logging", "Metrics"],
        "LoadEngine": [
            "Addresses", "HTTP", "JSON", "Networking", "Metrics", "CLinux", "CPCRE2",
        ],
        "Locust": ["HTTP", "JSON", "Logging", "Metrics", "Networking"],
        "ControlPlane": [
            "Addresses", "Comparison", "JSON", "Logging", "Metrics", "Schedules", "Thresholds",
        ],
        "Reports": ["ControlPlane", "Crypto", "CZlib", "JSON", "Metrics", "Thresholds"],
        "API": [
            "Addresses", "Comparison", "ControlPlane", "Crypto", "Exposition", "HTTPServer", "HTTP",
            "JSON", "Logging", "Metrics", "Reports", "Schedules", "Thresholds", "CDashboard",
            "COpenSSL",
        ],
        "Drivers": [
            "Addresses", "CLinux", "ControlPlane", "JSON", "Locust", "LoadEngine", "Logging",
            "Metrics",
        ],
        "History": ["ControlPlane", "Crypto", "SQLite", "JSON", "Logging", "Metrics"],
        "Webhooks": [
            "Addresses", "ControlPlane", "Crypto", "JSON", "Locust", "Logging", "Networking",
        ],
    ]

    private static let withoutFoundation: Set = [
        "Addresses", "Comparison", "Crypto", "Exposition", "HTTP", "JSON", "Metrics", "Networking",
        "LoadEngine", "Thresholds",
    ]
    private static let system: Set = [
        "Foundation", "FoundationNetworking", "Glibc", "Synchronization", "Dispatch",
    ]
    private static let programs: Set = ["swarmkeeper", "bench"]

    private func imports(of file: SourceFile) -> [(line: Int, module: String)] {
        file.code.enumerated().compactMap { index, line in
            let words = line.split(separator: " ").map(String.init)
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "package" })
            else { return nil }
            // `import struct Foundation.Date`
            let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
            let name = kinds.contains(words[place + 1]) ? words[place + 2] : words[place + 1]
            return (index + 1, String(name.prefix { $0 != "." }))
        }
    }

    @Test func `every target is on the map`() {
        let targets = Set(Repository.sources.map(\.target))
        #expect(targets.subtracting(Self.programs).isSubset(of: Self.allowed.keys))
    }

    @Test func `a target imports only what is below it`() {
        for file in Repository.sources where !Self.programs.contains(file.target) {
            let allowed = Self.allowed[file.target] ?? []
            for (line, module) in imports(of: file) where !Self.system.contains(module) {
                let finding = Finding(file: file, line: line, what: "imports \(module)")
                #expect(allowed.contains(module), "\(finding)")
            }
        }
    }

    @Test func `bytes and measurements do without Foundation`() {
        for file in Repository.sources where Self.withoutFoundation.contains(file.target) {
            for (line, module) in imports(of: file) {
                let finding = Finding(file: file, line: line, what: "imports \(module)")
                #expect(!module.hasPrefix("Foundation"), "\(finding)")
            }
        }
    }

    @Test func `nobody imports a program`() {
        for file in Repository.sources {
            for (line, module) in imports(of: file) where Self.programs.contains(module) {
                Issue.record("\(Finding(file: file, line: line, what: "imports \(module)"))")
            }
        }
    }

    @Test func `no import is written twice`() {
        for file in Repository.swift {
            let modules = imports(of: file).map(\.module)
            #expect(Set(modules).count == modules.count, "\(file.path)")
        }
    }
}
