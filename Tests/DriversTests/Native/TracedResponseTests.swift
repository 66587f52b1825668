import ControlPlane
import JSON
import Testing

@testable import Drivers

struct TracedResponseTests {
    @Test func `traces go through the pipe as they are`() throws {
        var evidence = EngineEvidence()
        evidence.slowestTraces = [
            TracedResponse(method: "GET", name: "/a", traceId: "0af7", responseMs: 12.5)
        ]
        let read = try EngineEvidence(WireObject(evidence.json, ""))
        #expect(read == evidence)
        #expect(try EngineEvidence(WireObject(EngineEvidence().json, "")).slowestTraces == nil)
    }
}
