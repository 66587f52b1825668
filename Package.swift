// swift-tools-version: 6.2
import PackageDescription

// Imports point down, never sideways; Tests/TidyTests holds the sources to the same map.
let shims: [Target] = [
    .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
    .systemLibrary(
        name: "COpenSSL", path: "Sources/COpenSSL",
        providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
        name: "CPCRE2", path: "Sources/CPCRE2",
        providers: [.apt(["libpcre2-dev"])]),
    .systemLibrary(
        name: "CSQLite", path: "Sources/CSQLite",
        providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
        name: "CZlib", path: "Sources/CZlib",
        providers: [.apt(["zlib1g-dev"])]),
]

/// The dashboard's files, embedded.
let page = Target.target(name: "CDashboard", path: "Sources/CDashboard", exclude: ["page"])

let foundations: [Target] = [
    .module("Addresses"),
    .module("Comparison", ["Metrics"]),
    .module("Crypto", ["COpenSSL"]),
    .module("Exposition"),
    .module("HTTP"),
    .module("JSON"),
    .module("Logging"),
    .module("Metrics"),
    .module("Networking", ["CLinux", "COpenSSL"]),
    .module("Schedules"),
    .module("SQLite", ["CSQLite"]),
    .module("Thresholds", ["Metrics"]),
    .module("YAML"),
]

let blocks: [Target] = [
    .module("HTTPServer", ["Addresses", "HTTP", "Metrics", "Networking"]),
    .module(
        "LoadEngine",
        ["Addresses", "HTTP", "JSON", "Metrics", "Networking", "CLinux", "CPCRE2"]),
    .module("Locust", ["HTTP", "JSON", "Networking"]),
]

let domain: [Target] = [
    .module(
        "ControlPlane",
        [
            "Addresses", "Comparison", "JSON", "Logging", "Metrics", "Schedules", "Thresholds",
        ])
]

let views: [Target] = [
    .module("Reports", ["ControlPlane", "Crypto", "CZlib", "JSON", "Metrics", "Thresholds"])
]

let adapters: [Target] = [
    .module(
        "API",
        [
            "Addresses", "Comparison", "ControlPlane", "Crypto", "Exposition", "HTTPServer", "HTTP",
            "JSON", "Logging", "Metrics", "Reports", "Schedules", "Thresholds", "CDashboard",
            "COpenSSL",
        ]),
    .module(
        "Drivers",
        [
            "Addresses", "CLinux", "ControlPlane", "JSON", "LoadEngine", "Locust", "Logging",
            "Metrics",
        ]),
    .module("History", ["ControlPlane", "Crypto", "SQLite", "JSON", "Logging", "Metrics"]),
    .module(
        "Webhooks",
        ["Addresses", "ControlPlane", "Crypto", "JSON", "Locust", "Logging", "Networking"]),
]

let programs: [Target] = [
    .executableTarget(
        name: "swarmkeeper",
        dependencies: [
            "Addresses", "API", "ControlPlane", "Crypto", "Drivers", "Exposition", "History",
            "HTTP", "HTTPServer", "JSON",
            "LoadEngine", "Locust", "Logging", "Metrics", "Networking", "Thresholds", "Webhooks",
            "YAML",
        ],
        swiftSettings: .strict),
    .executableTarget(
        name: "bench",
        dependencies: ["Comparison", "HTTP", "JSON", "LoadEngine", "Metrics", "Networking"],
        swiftSettings: .strict),
]

let tests: [Target] = [
    .target(
        name: "TestSupport", dependencies: ["Addresses", "ControlPlane"], path: "Tests/TestSupport",
        swiftSettings: .strict),
    .tests("Addresses", ["TestSupport"]),
    .tests("Comparison", ["Metrics", "TestSupport"]),
    .tests("Crypto", ["TestSupport"]),
    .tests("Exposition", ["TestSupport"]),
    .tests("HTTP", ["TestSupport"]),
    .tests("JSON", ["TestSupport"]),
    .tests("Logging", ["TestSupport"]),
    .tests("Metrics", ["TestSupport"]),
    .tests("Networking", ["TestSupport"]),
    .tests("Schedules", ["TestSupport"]),
    .tests("SQLite", ["TestSupport"]),
    .tests("Thresholds", ["Metrics", "TestSupport"]),
    .tests("YAML", ["TestSupport"]),
    .tests("HTTPServer", ["Addresses", "HTTP", "Networking", "TestSupport"]),
    .tests("LoadEngine", ["HTTP", "JSON", "Metrics", "Networking", "CLinux", "TestSupport"]),
    .tests("Locust", ["HTTP", "JSON", "Networking", "TestSupport"]),
    .tests(
        "ControlPlane", ["JSON", "Logging", "Metrics", "Schedules", "TestSupport", "Thresholds"]),
    .tests("Reports", ["ControlPlane", "JSON", "Metrics", "TestSupport", "Thresholds"]),
    .tests(
        "API",
        [
            "ControlPlane", "COpenSSL", "Crypto", "Exposition", "History", "HTTP", "HTTPServer",
            "JSON", "Logging", "Metrics", "SQLite", "TestSupport",
        ]),
    .tests(
        "Drivers",
        [
            "ControlPlane", "JSON", "LoadEngine", "Locust", "Logging", "Metrics", "TestSupport",
        ]),
    .tests(
        "History",
        [
            "ControlPlane", "Crypto", "JSON", "Logging", "Metrics", "SQLite", "TestSupport",
            "Thresholds",
        ]),
    .tests(
        "Webhooks",
        [
            "Addresses", "ControlPlane", "Crypto", "History", "HTTP", "HTTPServer", "JSON",
            "Locust",
            "Logging", "Networking", "SQLite", "TestSupport",
        ]),
    .testTarget(
        name: "ProgramTests",
        dependencies: [
            "swarmkeeper", "API", "ControlPlane", "Exposition", "History", "HTTP", "HTTPServer",
            "JSON",
            "LoadEngine",
            "Logging", "Metrics", "TestSupport", "Webhooks", "YAML",
        ],
        swiftSettings: .strict),
    .testTarget(
        name: "EndToEndTests",
        dependencies: ["swarmkeeper", "ControlPlane", "JSON", "SQLite", "TestSupport"],
        swiftSettings: .strict),
    .testTarget(
        name: "BenchTests",
        dependencies: [
            "bench", "swarmkeeper", "Comparison", "HTTP", "JSON", "Networking", "TestSupport",
        ],
        swiftSettings: .strict),
    .testTarget(name: "TidyTests", dependencies: ["YAML"], swiftSettings: .strict),
]

let package = Package(
    name: "swarmkeeper",
    targets: shims + [page] + foundations + blocks + domain + views + adapters + programs + tests,
    swiftLanguageModes: [.v6]
)

extension [SwiftSetting] {
    static var strict: [SwiftSetting] { [.treatAllWarnings(as: .error)] }
}

extension Target {
    static func module(_ name: String, _ dependencies: [String] = []) -> Target {
        .target(
            name: name, dependencies: dependencies.map { .init(stringLiteral: $0) },
            swiftSettings: .strict)
    }

    static func tests(_ name: String, _ dependencies: [String]) -> Target {
        .testTarget(
            name: "\(name)Tests",
            dependencies: ([name] + dependencies).map { .init(stringLiteral: $0) },
            swiftSettings: .strict)
    }
}
