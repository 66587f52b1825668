import Synchronization
import TestSupport
import Testing

@testable import LoadEngine

/// Requests with a W3C trace context.
@Suite(.timeLimit(.minutes(3)))
struct TracingTests {
    /// What the target was sent, by request.
    private final class Heads: Sendable {
        private let all = Mutex<[String]>([])

        func add(_ head: String) { all.withLock { $0.append(head) } }

        /// The `traceparent` fields, split at their dashes.
        var contexts: [[String]] {
            all.withLock { $0 }.flatMap { head in
                head.split(separator: "\r\n").filter { $0.hasPrefix("traceparent: ") }
                    .map { $0.dropFirst(13).split(separator: "-").map(String.init) }
            }
        }

        var count: Int { all.withLock { $0.count } }
    }

    private func target(
        _ heads: Heads, _ script: @escaping TargetServer.Script = { _ in [.ok] }
    ) throws -> TargetServer {
        try TargetServer { exchange in
            heads.add(exchange.head)
            return script(exchange)
        }
    }

    @Test func `each request has a trace and a span of its own, and its body stays`() async throws {
        let heads = Heads()
        let target = try target(heads)
        let call = Call(method: "POST", fields: "X-Own: a\r\n", body: "x\r\n\r\ny")
        var plan = LoadPlan([call], at: [Origin(target)], .users(3), requests: 50)
        plan.traceShare = 1
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.requests == 50 && run.report.failures == 0)
        let contexts = heads.contexts
        #expect(contexts.count == 50)
        for context in contexts {
            #expect(context.count == 4 && context[0] == "00" && context[3] == "01")
            #expect(context[1].count == 32 && context[2].count == 16)
            let digits = context[1] + context[2]
            #expect(digits.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        }
        #expect(Set(contexts.map { $0[1] }).count == 50)
        #expect(Set(contexts.map { $0[2] }).count == 50)
        let slowest = try #require(run.report.total.endpoints[0].slowestTrace)
        #expect(contexts.contains { $0[1] == slowest.trace.text })
        #expect(slowest.microseconds == run.report.total.endpoints[0].latency.max)
    }

    @Test func `without tracing there is no field`() async throws {
        let heads = Heads()
        let target = try target(heads)
        let run = try await load(
            LoadPlan([Call()], at: [Origin(target)], .users(2), requests: 20))
        #expect(heads.count == 20 && heads.contexts.isEmpty)
        #expect(run.report.total.endpoints[0].slowestTrace == nil)
    }

    @Test func `a share of the requests is traced`() async throws {
        let heads = Heads()
        let target = try target(heads)
        var plan = LoadPlan([Call()], at: [Origin(target)], .users(2), requests: 400)
        plan.traceShare = 0.5
        try await load(plan)
        // Farther from 200 than ten standard deviations is no chance.
        #expect((100...300).contains(heads.contexts.count), "\(heads.contexts.count)")
    }

    @Test func `a failure's example names its trace`() async throws {
        let heads = Heads()
        let target = try target(heads) { _ in [.response(500)] }
        var plan = LoadPlan([Call()], at: [Origin(target)], .users(1), requests: 5)
        plan.traceShare = 1
        let run = try await load(plan)
        let first = try #require(heads.contexts.first)
        #expect(run.report.examples == [.unexpectedStatus: "status 500 (trace \(first[1]))"])
    }

    @Test func `a redirect that is followed is a request of its own`() async throws {
        let heads = Heads()
        let target = try target(heads) { exchange in
            exchange.path == "/"
                ? [.response(302, fields: "Location: /there\r\n")] : [.ok]
        }
        var plan = LoadPlan([Call()], at: [Origin(target)], .users(1), requests: 5)
        plan.traceShare = 1
        plan.connections.redirectsMax = 3
        try await load(plan)
        #expect(heads.count == 10 && heads.contexts.count == 10)
        #expect(Set(heads.contexts.map { $0[2] }).count == 10)
    }

    @Test(arguments: [("true", 1.0), ("false", 0), ("0.25", 0.25), ("1", 1)])
    func `a scenario asks for it`(text: String, share: Double) throws {
        let scenario = try Document.request(
            #"{"url": "http://shop.example/"}"#, more: "\"tracing\": \(text)")
        #expect(try scenario.plan().traceShare == share)
    }

    @Test(arguments: ["1.5", "-1", "\"yes\""])
    func `a share that is none is told`(text: String) {
        let problems = Document.problems(
            #"{"requests": [{"url": "http://shop.example/"}], "tracing": \#(text)}"#)
        #expect(problems == ["/tracing: expected true, false or a share from 0 to 1"])
    }
}
