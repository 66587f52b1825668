import HTTP
import Testing

@testable import API
@testable import TestSupport

struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"
    private static let field = "00-\(trace)-\(parent)-01"

    @Test func `a request is logged as a part of its caller's trace, and the answer tells it`()
        async throws
    {
        let service = try TestService()
        let answer = try await service.ask(
            "GET", "/v1/runs",
            headers: ["traceparent": Self.field, "tracestate": "a=1"])
        let told = try #require(answer.header("traceresponse")).split(separator: "-")
        #expect(told.count == 4 && told[1] == Self.trace && told[3] == "01")
        #expect(told[2] != Self.parent && told[2].count == 16)
        let line = service.log.lines.last { $0.contains("\"event\":\"request\"") }
        for part in [
            "\"traceId\":\"\(Self.trace)\"", "\"parentId\":\"\(Self.parent)\"",
            "\"spanId\":\"\(told[2])\"", "\"traceState\":\"a=1\"",
        ] {
            #expect(line?.contains(part) == true, "\(line ?? "") lacks \(part)")
        }
    }

    @Test(arguments: [
        "", "00", "00-\(trace)-\(parent)", "00-\(trace)-\(parent)-01-more",
        "ff-\(trace)-\(parent)-01", "00-\(trace.uppercased())-\(parent)-01",
        "00-\(String(repeating: "0", count: 32))-\(parent)-01",
        "00-\(trace)-\(String(repeating: "0", count: 16))-01", "00-\(trace)-\(parent)-1",
        "00-\(trace)-\(parent)-0g",
    ])
    func `what is no trace is passed over`(field: String) {
        #expect(TraceContext(["traceparent": field]) == nil)
    }

    @Test func `two of them are none, and a later version may say more`() {
        var headers: HeaderFields = ["traceparent": "cc-\(Self.trace)-\(Self.parent)-00-what"]
        #expect(TraceContext(headers)?.isSampled == false)
        headers.add("traceparent", Self.field)
        #expect(TraceContext(headers) == nil)
    }

    @Test func `a state that is too long is left out`() {
        let long = "a=" + String(repeating: "b", count: TraceContext.stateLengthMax - 1)
        let headers: HeaderFields = ["traceparent": Self.field, "tracestate": long]
        #expect(TraceContext(headers)?.state == "")
        let fitting: HeaderFields = [
            "traceparent": Self.field, "tracestate": String(long.dropLast()),
        ]
        #expect(TraceContext(fitting)?.state == String(long.dropLast()))
    }
}
