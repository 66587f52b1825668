import Foundation
import TestSupport
import Testing

/// Random bytes at the program, over sockets: it answers or closes, and holds on to nothing.
///
/// `make test` sends twenty thousand requests. The long form, against a release build, takes its
/// size, its seed and its program from the environment; see the README.
@Suite(.timeLimit(.minutes(60))) struct SocketFuzzTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let requests =
        environment["SWARMKEEPER_FUZZ_REQUESTS"].flatMap(Int.init) ?? 20_000
    private static let seed =
        environment["SWARMKEEPER_FUZZ_SEED"].flatMap(UInt64.init) ?? 20_261_121
    private static let threads = 4
    /// What is sent before the memory is first looked at: caches fill, pools grow to their sizes.
    private static let warmUpShare = 10
    /// What allocators and SQLite's cache may come to hold meanwhile.
    private static let growthMaxKilobytes = 65_536

    @Test func `no bytes crash the service, hang it, or make it hold on to anything`() async throws
    {
        try await withService { service in
            let port = try #require(URL(string: service.baseURL)?.port.map { UInt16($0) })
            let (begin, sockets) = (ContinuousClock.now, try openSockets(service))
            var report = await fuzz(port, Self.requests / Self.warmUpShare, Self.seed &+ 1_000)
            #expect(await eventually { (try? openSockets(service)) ?? .max <= sockets })
            let before = try memory(of: service)
            report.add(await fuzz(port, Self.requests, Self.seed))
            #expect(await eventually { (try? openSockets(service)) ?? .max <= sockets })
            let after = try memory(of: service)
            let seconds = (ContinuousClock.now - begin) / .seconds(1)

            #expect(report.faults == [])
            #expect(report.requests >= Self.requests)
            #expect(service.program.isRunning, "\(service.log.suffix(2_000))")
            for status in [200, 201, 400, 401, 403, 404, 422] {
                #expect(report.statuses[status, default: 0] > 0, "no answer \(status)")
            }
            #expect(after - before < Self.growthMaxKilobytes)
            #expect(!service.log.contains("\"level\":\"error\""))
            let client = service.client()
            #expect(try await client.get("/ready").status == 200)
            #expect(try await client.get("/v1/load-tests").status == 200)
            let answers = report.statuses.sorted { $0.key < $1.key }.map {
                "\($0.key): \($0.value)"
            }
            print(
                "fuzz: seed \(Self.seed), \(report.requests) requests on \(report.connections) "
                    + "connections in \(Int(seconds)) s, resident \(before) -> \(after) kB",
                answers)
        }
    }

    /// On threads of their own, since each of them waits for its answers.
    private func fuzz(_ port: UInt16, _ requests: Int, _ seed: UInt64) async -> FuzzClient.Report {
        await withTaskGroup(of: FuzzClient.Report.self) { group in
            for number in 0..<Self.threads {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        let thread = Thread {
                            var client = FuzzClient(port: port, number: number, seed: seed)
                            let share = (requests + Self.threads - 1) / Self.threads
                            continuation.resume(returning: client.run(requests: share))
                        }
                        thread.start()
                    }
                }
            }
            return await group.reduce(into: FuzzClient.Report()) { $0.add($1) }
        }
    }

    /// Resident, in kB.
    private func memory(of service: Service) throws -> Int {
        let status = try String(
            contentsOfFile: "/proc/\(service.program.id)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let words = line?.split { $0 == " " || $0 == "\t" } ?? []
        return try #require(words.dropFirst().first.flatMap { Int($0) })
    }

    /// Connections that the service holds, and the one that it listens at.
    private func openSockets(_ service: Service) throws -> Int {
        let folder = "/proc/\(service.program.id)/fd"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        let targets = names.compactMap {
            // One that is closed meanwhile is not open.
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        return targets.count { $0.hasPrefix("socket:") }
    }
}
