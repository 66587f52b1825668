import Foundation
import JSON
import Networking

/// The service under test with a cluster for each port, and what it costs.
final class FleetService {
    /// What the service has used at some moment.
    struct Usage {
        let time: MonotonicTime
        let cpuSeconds: Double
        let residentKiB: Int
        let threads: Int
        let descriptors: Int
    }

    private static let token = "fleet-administrator-token"
    /// A configuration of thousands of clusters is read within it.
    private static let startPatience = Duration.seconds(60)

    let process: ChildProcess
    private let folder: Folder
    private let port: Int

    init(_ program: String, ports: [Int], interval: Double) throws {
        folder = try Folder()
        let config = try folder.write(
            Self.configuration(
                ports: ports, interval: interval, store: folder.path("store.db")),
            to: "config.yaml")
        process = try ChildProcess(
            [program, "serve", "--config", config], output: folder.path("log"))
        port = try Self.awaitPort(of: process)
    }

    func client() throws -> RestClient { try RestClient(port: port, token: Self.token) }

    /// All lines logged so far.
    var log: [JSONValue] {
        // A line that is still being written is read the next time.
        TextFile.lines(of: process.output).compactMap { try? JSONReader.document(Array($0.utf8)) }
    }

    func usage() -> Usage {
        let stat = TextFile.lines(of: "/proc/\(process.id)/stat").first ?? ""
        // The name in parentheses may hold anything; user and system time are 12th and 13th
        // behind it.
        let words = stat.split(separator: ")").last?.split(separator: " ") ?? []
        let ticks = words.count > 12 ? (Double(words[11]) ?? 0) + (Double(words[12]) ?? 0) : 0
        let status = TextFile.lines(of: "/proc/\(process.id)/status")
        func number(_ name: String) -> Int {
            status.first { $0.hasPrefix("\(name):") }
                .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first }
                .flatMap { Int($0) } ?? 0
        }
        // A service that has ended has none.
        let descriptors = try? FileManager.default
            .contentsOfDirectory(atPath: "/proc/\(process.id)/fd").count
        return Usage(
            time: .now, cpuSeconds: ticks / Double(sysconf(Int32(_SC_CLK_TCK))),
            residentKiB: number("VmRSS"), threads: number("Threads"),
            descriptors: descriptors ?? 0)
    }

    static func body(ofRunOn master: Int, seconds: Double) -> [UInt8] {
        JSONValue.object([
            "name": .string("fleet \(master)"), "tenantId": .string("fleet"),
            "envId": .string("all"), "locustClusterId": .string("cluster-\(master)"),
            "targetUrl": .string("http://127.0.0.1:9"), "targetUsers": .int(10),
            "spawnRate": .double(10), "durationSeconds": .double(seconds),
        ]).encodedBytes
    }

    private static func awaitPort(of process: ChildProcess) throws -> Int {
        let end = MonotonicTime.now + startPatience
        while MonotonicTime.now < end {
            for line in TextFile.lines(of: process.output) {
                // A line that is still being written is read the next time.
                guard let json = try? JSONReader.document(Array(line.utf8)),
                    json["event"]?.text == "listening", let port = json["port"]?.integer
                else { continue }
                return port
            }
            guard try process.end(within: .milliseconds(50)) == nil else { break }
        }
        throw BenchError("the service does not listen: \(process.lastLines)")
    }

    private static func configuration(ports: [Int], interval: Double, store: String) -> String {
        let clusters = ports.enumerated().map { index, port in
            """
              - id: "cluster-\(index)"
                baseUrl: "http://127.0.0.1:\(port)"
                tenantId: fleet
                envId: all
            """
        }
        return """
            server: { host: 127.0.0.1, port: 0, rateLimit: { requestsPerSecond: 100000 } }
            storage: { path: "\(store)" }
            security: { apiToken: \(token), locustCallbackToken: fleet-callback-token }
            tenants:
              - { id: fleet, name: fleet, environments: [all], targets: { allow: [127.0.0.0/8] } }
            locustClusters:
            \(clusters.joined(separator: "\n"))
            orchestrator: { metricsPollIntervalSeconds: \(interval) }

            """
    }
}
