import ControlPlane
import JSON
import Metrics
import TestSupport
import Testing

@testable import Drivers

/// What goes over the pipes.
struct EngineProtocolTests {
    private let order = EngineOrder(
        ScriptedEngine.order(scenario: .object(["steps": .array([.string("a\nb")])])),
        NativeSettings(
            threads: 2,
            tls: .init(caFile: "/ca", clientCertificateFile: "/cert", clientKeyFile: "/key")))

    private var requests: [EngineRequest] {
        [.order(order), .users(7, spawnRate: 0.5), .stop, .lease]
    }

    private var answers: [EngineAnswer] {
        var report = ScriptedEngine.report(3, end: .stopRuleBroken)
        report.errors = [
            ErrorSample(
                endpoint: Endpoint(method: "GET", name: "/"), message: "reset: by peer",
                occurrences: 2, firstSeen: nil, lastSeen: nil)
        ]
        report.evidence.statusCodes = ["200": 5, "503": 1]
        report.evidence.serviceTimeP99Ms = 1.5
        report.evidence.generatorLimited = true
        report.evidence.generatorWarnings = ["requests were sent late"]
        return [
            .started(drain: .seconds(5)),
            .refused([ScenarioFault(pointer: "/scenario", message: "is none")]),
            .report(report), .report(ScriptedEngine.report(1)),
        ]
    }

    @Test func `what is written is read`() throws {
        for request in requests {
            let line = request.line
            #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
            #expect(try EngineRequest(line: line.dropLast()) == request)
        }
        for answer in answers {
            let line = answer.line
            #expect(line.last == 0x0A && !line.dropLast().contains(0x0A))
            #expect(try EngineAnswer(line: line.dropLast()) == answer)
        }
    }

    @Test(arguments: [
        ("", "expected a value at byte 0"),
        ("{}", "a line must say started, refused or report"),
        ("[]", "a line must be an object"),
        (#"{"protocol":2,"started":{}}"#, "the engine speaks protocol 2"),
        (#"{"started":{}}"#, "protocol must be a whole number from 0"),
        (#"{"report":{"sequence":-1}}"#, "report.sequence must be a whole number from 0"),
        (#"{"report":{"sequence":1,"elapsedSeconds":1,"users":1,"total":{}}}"#, "total.requests"),
    ])
    func `a wrong answer is told by its place`(line: String, fault: String) {
        do throws(WireFault) {
            _ = try EngineAnswer(line: Array(line.utf8))
            Issue.record("\(line) was read")
        } catch {
            #expect(error.description.contains(fault))
        }
    }

    @Test func `an order of another protocol is refused`() {
        let text = String(decoding: EngineRequest.order(order).line, as: UTF8.self)
        let newer = text.replacing(#""protocol":1"#, with: #""protocol":9"#)
        #expect(throws: WireFault.self) { try EngineRequest(line: Array(newer.utf8.dropLast())) }
    }

    @Test func `a histogram that is none is refused`() {
        let text = String(
            decoding: EngineAnswer.report(ScriptedEngine.report(1)).line, as: UTF8.self)
        for wrong in ["AAAA", "!", "AQ=="] {
            let line = text.replacing(/"histogram":"[^"]*"/, with: #""histogram":"\#(wrong)""#)
            #expect(throws: WireFault.self) {
                try EngineAnswer(line: Array(line.utf8.dropLast()))
            }
        }
    }

    @Test func `changed bytes are refused or read, and never crash`() {
        var generator = SeededGenerator(seed: 3)
        let lines = requests.map(\.line) + answers.map(\.line)
        for _ in 0..<4000 {
            var line = lines[Int.random(in: lines.indices, using: &generator)]
            for _ in 0...Int.random(in: 0..<4, using: &generator) {
                let place = Int.random(in: line.indices, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: line[place] = .random(in: 0...255, using: &generator)
                case 1: line.remove(at: place)
                default: line.insert(.random(in: 0x20...0x7E, using: &generator), at: place)
                }
                if line.isEmpty { line = [0] }
            }
            // Either outcome is right; only a crash is not.
            _ = try? EngineRequest(line: line)
            _ = try? EngineAnswer(line: line)
        }
    }

    @Test func `lines are found however the bytes are cut`() throws {
        let text = Array("one\n\ntwo\nrest".utf8)
        for size in 1...text.count {
            var splitter = LineSplitter(bytesMax: 8)
            var lines: [String] = []
            for start in stride(from: 0, to: text.count, by: size) {
                let piece = text[start..<min(start + size, text.count)]
                lines += try splitter.lines(in: piece).map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(lines == ["one", "", "two"])
        }
    }

    @Test func `a line may have so many bytes, and not one more`() throws {
        var splitter = LineSplitter(bytesMax: 8)
        #expect(try splitter.lines(in: Array("12345678\n".utf8)[...]).count == 1)
        #expect(throws: WireFault.self) { try splitter.lines(in: Array("123456789".utf8)[...]) }
    }

    @Test func `reports that nobody takes become fewer and lose nothing`() {
        var queue = ReportQueue(countMax: 3)
        for number in 1...10 { queue.append(ScriptedEngine.report(number)) }
        let reports = queue.takeAll()
        #expect(reports.map(\.sequence) == [8, 9, 10])
        #expect(reports.map(\.totals.requests) == [8, 9, 10])
        #expect(reports.map { $0.totals.histogramDelta?.count } == [8, 1, 1])
        #expect(reports[0].endpoints[0].sample.histogramDelta?.count == 8)
        #expect(queue.isEmpty && queue.popFirst() == nil)
    }

    @Test func `an endpoint without news keeps what it had`() {
        var later = ScriptedEngine.report(2)
        later.endpoints[0].sample.histogramDelta = nil
        later.totals.histogramDelta = nil
        let merged = later.absorbing(ScriptedEngine.report(1))
        #expect(merged.endpoints.count == 1)
        #expect(merged.endpoints[0].sample.histogramDelta?.count == 1)
        #expect(merged.endpoints[0].sample.requests == 2)
        #expect(merged.totals.histogramDelta?.count == 1)
    }
}
