import Foundation
import Synchronization
import TestSupport
import Testing

@testable import LoadEngine

/// Size: many connections at once, and many requests one after the other. In a process of their
/// own, so that its memory and descriptors are those of the engine.
@Suite(
    .serialized, .enabled(if: Nginx.program != nil, "nginx is not installed"),
    .timeLimit(.minutes(4)))
struct EnduranceTests {
    /// What is asked for, or what the machine's limit of open files leaves room for.
    private static var userCount: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue)), &limit)
        return min(10_000, Int(clamping: limit.rlim_max) - 500)
    }

    @Test func `ten thousand connections are held at once`() async throws {
        let users = Self.userCount
        if users < 10_000 {
            Issue.record("only \(users), for want of open files", severity: .warning)
        }
        // Of its last sixteenth of connections nginx makes room by closing idle ones.
        let nginx = try await Nginx(
            settings: "keepalive_timeout 120s;", connectionsMax: users * 9 / 8 + 500)
        await #expect(processExitsWith: .success) {
            [port = nginx.port as Int, users = users as Int] in
            let before = Memory.residentByteCount
            let think = ThinkTime.constant(.seconds(100))
            let plan = LoadPlan(
                [Call(path: "/index.html")], at: [.local(port)], .users(users, thinkTime: think))
            let run = try await load(plan) { run, reports in
                #expect(await eventually { reports.list.last?.connections == users })
                run.stop()
            }
            expectConsistent(run)
            #expect(run.report.requests == users)
            #expect(run.report.failures == 0, "\(run.report.examples)")
            #expect(run.report.connections == users)
            #expect(Int(run.report.total.transport.connectionsOpened) == users)
            let each = (Memory.residentByteCount - before) / users
            #expect(each < 8_192, "\(each) bytes for each user with its connection")
        }
        #expect(await eventually { nginx.log.count == users })
    }

    @Test func `memory does not grow with the number of requests`() async throws {
        let nginx = try await Nginx(locations: "access_log off;")
        await #expect(processExitsWith: .success) { [port = nginx.port as Int] in
            let marks = Mutex<[(requests: UInt64, bytes: Int)]>([])
            let origin = Origin.local(port)
            let calls = [
                Call(path: "/index.html"), Call(path: "/missing"),
                Call(method: "HEAD", path: "/index.html"),
            ]
            let program = RequestProgram(
                endpoints: [EndpointName(method: "GET", name: "all")], origins: [origin],
                requests: calls.map { $0.plan(endpoint: 0, [origin]) }, flow: .steps)
            let plan = LoadPlan(
                program: program, model: .users(50),
                limits: LoadLimits(duration: .seconds(200), requestsMax: 240_000))
            let run = try LoadRun.start(plan) { report in
                let mark = (report.total.total.requests, Memory.residentByteCount)
                marks.withLock { $0.append(mark) }
            }
            await run.finished()
            let all = marks.withLock { $0 }
            let last = try #require(all.last)
            #expect(last.requests == 240_000)
            // The first sixth fills tables and the pools of the allocator. Histograms grow up to
            // their own bound as long as new times turn up; what is left behind by each request
            // would be the allocator's 32 bytes at least.
            let warm = try #require(all.first { $0.requests >= 40_000 })
            let growth = Double(last.bytes - warm.bytes)
            let slope = growth / Double(max(1, last.requests - warm.requests))
            #expect(slope < 16, "\(growth) bytes more since request \(warm.requests)")
        }
    }
}

enum Memory {
    /// Of this process, as the kernel counts it.
    static var residentByteCount: Int {
        // Always there on Linux.
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}
