import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// The counts of a real server.
@Suite(
    .enabled(if: Nginx.program != nil, "nginx is not installed: apt-get install nginx-light"),
    .timeLimit(.minutes(3)))
struct NginxTests {
    private static func tls(_ nginx: Nginx) -> (inout LoadPlan) -> Void {
        { plan in
            guard let file = nginx.certificates?.certificate("ca") else { return }
            plan.connections.tls.trust = .authorities(file: file)
        }
    }

    @Test func `requests and connections are those of nginx`() async throws {
        let nginx = try await Nginx()
        let before = try await nginx.statusCounts().requests
        let calls = [
            Call(path: "/index.html"), Call(method: "HEAD", path: "/index.html"),
            Call(path: "/missing", expected: StatusSet([404...404])),
        ]
        let plan = LoadPlan(calls, at: [.local(nginx.port)], .users(8), requests: 3_000)
        let run = try await load(plan.with { $0.threads = 2 })
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(run.report.total.transport.connectionsOpened == 8)
        let after = try await nginx.statusCounts().requests
        #expect(after - before == 3_000 + 1)
        #expect(await eventually { nginx.log.count == 3_000 })
        let missing = nginx.log.count { $0[1] == "404" }
        #expect(run.report.statuses == [200: 3_000 - missing, 404: missing])
    }

    @Test func `its limit of requests on a connection is no failure`() async throws {
        let nginx = try await Nginx(settings: "keepalive_requests 50;")
        let plan = LoadPlan(
            [Call(path: "/index.html")], at: [.local(nginx.port)], .users(4), requests: 2_000)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(run.report.resends == 0)
        #expect(run.report.requests == 2_000)
        #expect(await eventually { nginx.log.count == 2_000 })
        #expect((40...44).contains(run.report.total.transport.connectionsOpened))
    }

    @Test func `connections that it closes while users think are no failures`() async throws {
        let nginx = try await Nginx(settings: "keepalive_timeout 1s;")
        let plan = LoadPlan(
            [Call(path: "/index.html")], at: [.local(nginx.port)],
            .users(10, thinkTime: .constant(.milliseconds(1_300))), requests: 20)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(await eventually { nginx.log.count == 20 })
        #expect(run.report.total.transport.connectionsOpened == 20)
    }

    @Test func `chunks of a page that it puts together are read to their end`() async throws {
        let nginx = try await Nginx(
            settings: "gzip on; gzip_min_length 1; gzip_types *;",
            files: ["index.html": 200_000, "small.html": 30])
        let calls = [
            Call(path: "/index.html", fields: "Accept-Encoding: gzip\r\n"),
            Call(path: "/small.html", fields: "Accept-Encoding: gzip\r\n"),
            Call(path: "/index.html"),
        ]
        let run = try await load(
            LoadPlan(calls, at: [.local(nginx.port)], .users(5), requests: 600))
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(await eventually { nginx.log.count == 600 })
        #expect(run.report.total.transport.connectionsOpened == 5)
    }

    @Test func `TLS is verified against its authority`() async throws {
        let nginx = try await Nginx(isSecure: true)
        let plan = LoadPlan(
            [Call(path: "/index.html")], at: [.local(nginx.securePort, isSecure: true)],
            .users(6), requests: 900)
        let run = try await load(plan.with(Self.tls(nginx)).with { $0.threads = 2 })
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(run.report.total.transport.connectionsOpened == 6)
        #expect(run.report.total.transport.handshake.count == 6)
        #expect(run.report.total.transport.sessionsResumed == 0)
        #expect(await eventually { nginx.log.count == 900 })

        let distrusting = try await load(plan.with { $0.limits.requestsMax = 12 })
        expectConsistent(distrusting)
        #expect(distrusting.report.kinds == [.tls: 12])
    }

    @Test(arguments: [true, false])
    func `sessions are resumed where that is asked for`(isAskedFor: Bool) async throws {
        let nginx = try await Nginx(isSecure: true)
        let plan = LoadPlan(
            [Call(path: "/index.html", fields: "Connection: close\r\n")],
            at: [.local(nginx.securePort, isSecure: true)], .users(2), requests: 60
        ).with(Self.tls(nginx)).with { plan in
            plan.connections.keepsAlive = false
            plan.connections.tls.resumesSessions = isAskedFor
        }
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.failures == 0)
        #expect(run.report.total.transport.handshake.count == 60)
        #expect(await eventually { nginx.log.count == 60 })
        let reused = nginx.log.count { $0.last == "r" }
        #expect(Int(run.report.total.transport.sessionsResumed) == reused)
        #expect(isAskedFor ? reused >= 50 : reused == 0)
    }

    @Test func `large bodies over TLS come to their end whatever their length`() async throws {
        // Around 16 records of 16 KiB: what OpenSSL has read ahead is not reported by the kernel.
        let sizes = Array(stride(from: 261_700, through: 262_500, by: 50)) + [1_000_000, 1]
        let files = Dictionary(uniqueKeysWithValues: sizes.map { ("\($0).bin", $0) })
        let nginx = try await Nginx(files: files, isSecure: true)
        let calls = sizes.map { Call(path: "/\($0).bin", timeout: .seconds(20)) }
        let plan = LoadPlan(
            calls, at: [.local(nginx.securePort, isSecure: true)], .users(5),
            requests: UInt64(sizes.count * 10))
        let run = try await load(plan.with(Self.tls(nginx)))
        expectConsistent(run)
        #expect(run.report.failures == 0, "\(run.report.examples)")
    }

    @Test func `a response of many small TLS records is read to its end`() async throws {
        // They arrive together, and what OpenSSL has read ahead is not reported by the kernel.
        let nginx = try await Nginx(
            settings: "ssl_buffer_size 100;", files: ["index.html": 12_000], isSecure: true)
        let plan = LoadPlan(
            [Call(path: "/index.html", timeout: .seconds(20))],
            at: [.local(nginx.securePort, isSecure: true)], .users(3), requests: 60)
        let run = try await load(plan.with(Self.tls(nginx)))
        expectConsistent(run)
        #expect(run.report.failures == 0, "\(run.report.examples)")
    }

    @Test func `plain HTTP on a port of TLS is answered as nginx does`() async throws {
        let nginx = try await Nginx(isSecure: true)
        let plan = LoadPlan(at: [.local(nginx.securePort)], .users(2), requests: 10)
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.kinds == [.unexpectedStatus: 10])
        #expect(run.report.statuses == [400: 10])
    }
}
