import Foundation

/// The programs that a benchmark needs, as far as this machine has them.
struct Tools {
    let bench: String
    let swarmkeeper: String
    let wrk: String?
    let wrk2: String?
    var nginx: String?
    var openssl: String?
    let taskset: String?

    /// - Parameter engine: the program under test; the one built beside this one without.
    init(engine: String?) throws {
        bench = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        swarmkeeper =
            engine
            ?? URL(filePath: bench).deletingLastPathComponent().appending(path: "swarmkeeper").path
        guard FileManager.default.isExecutableFile(atPath: swarmkeeper) else {
            throw BenchError("\(swarmkeeper) is not there: swift build -c release")
        }
        wrk = Self.find("wrk")
        wrk2 = Self.find("wrk2")
        nginx = Self.find("nginx")
        openssl = Self.find("openssl")
        taskset = Self.find("taskset")
    }

    /// What is missing, in words for who reads the results.
    var remarks: [String] {
        var remarks: [String] = []
        if wrk == nil { remarks.append("wrk is not in PATH: no ratios") }
        if wrk2 == nil { remarks.append("wrk2 is not in PATH: openCPU is held against wrk") }
        if nginx == nil { remarks.append("nginx is not in PATH: no TLS") }
        if openssl == nil { remarks.append("openssl is not in PATH: no TLS") }
        if taskset == nil { remarks.append("taskset is not in PATH: nothing is pinned") }
        if swarmkeeper.contains("/debug/") { remarks.append("a debug build is measured") }
        return remarks
    }

    private static func find(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        // Some distributions keep servers where only root looks.
        return (folders.map(String.init) + ["/usr/sbin"]).lazy.map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
