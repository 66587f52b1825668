import Logging
import Testing

@testable import API

struct RefusalLogTests {
    private let sink = MemorySink()
    private let log = RefusalLog()
    private var logger: Logger { Logger(level: .debug, sink: sink) }
    private let key = RefusalLog.Key(kind: "reads", caller: "ci", status: 429)

    @Test func `a flood is the first refusal and a count each second`() {
        for request in 0..<3_500 {
            let now = Duration.milliseconds(request)
            log.tellRest(at: now, to: logger)
            #expect(log.isFirst(key, at: now) == (request == 0))
        }
        #expect(sink.lines.count == 3)
        #expect(sink.lines.allSatisfy { $0.contains("\"requests refused\"") })
        #expect(sink.lines[0].contains("\"count\":999"))
        // Whoever is answered next, the rest is told.
        log.tellRest(at: .seconds(9), to: logger)
        #expect(sink.lines.count == 4 && sink.lines[3].contains("\"count\":500"))
        log.tellRest(at: .seconds(10), to: logger)
        log.tellRest(at: .seconds(11), to: logger)
        #expect(sink.lines.count == 4)
        #expect(log.isFirst(key, at: .seconds(12)))
    }

    @Test func `each kind and caller has lines of its own`() {
        #expect(log.isFirst(key, at: .zero))
        #expect(log.isFirst(.init(kind: "changes", caller: "ci", status: 429), at: .zero))
        #expect(log.isFirst(.init(kind: "reads", caller: "anna", status: 429), at: .zero))
        #expect(!log.isFirst(key, at: .zero))
    }
}
