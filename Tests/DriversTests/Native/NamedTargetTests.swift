import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import Drivers

/// The servers that definitions for the native engine name.
struct NamedTargetTests {
    private func targets(scenario: String? = nil, base64: String? = nil) -> [NamedTarget] {
        NativeTest(
            scenario: scenario.flatMap { try? JSONReader.document(Array($0.utf8)) },
            targetsBase64: base64, targetURL: "http://base.example"
        ).namedTargets
    }

    @Test func `every server is named once, with the place of the first request to it`() {
        let named = targets(
            scenario: """
                {"requests": [{"path": "/"}, {"url": "https://a.example/x"},
                    {"url": "https://A.example:443/y"}, {"url": "http://[::1]:81/{{uuid}}"}]}
                """)
        #expect(named.map(\.url) == ["https://a.example", "http://[::1]:81"])
        #expect(named.map(\.pointer) == ["/scenario/requests/1", "/scenario/requests/3"])
    }

    @Test func `of a list of targets each server has its line`() {
        // GET http://a.example/ and, on the third line, GET http://b.example/
        let text = "GET http://a.example/\n\nGET http://b.example/\n"
        let named = targets(base64: Data(text.utf8).base64EncodedString())
        #expect(named.map(\.url) == ["http://a.example", "http://b.example"])
        #expect(named.map(\.pointer) == ["/targetsBase64", "/targetsBase64"])
        #expect(named.map(\.line) == [1, 3])
    }

    @Test func `what has neither, or cannot be read, names none`() {
        #expect(targets().isEmpty)
        #expect(targets(scenario: #"{"requests": 1}"#).isEmpty)
    }
}
