import HTTP
import TestSupport
import Testing

@testable import LoadEngine

struct InspectionTests {
    /// What an inspection says of a response that arrives in `pieces`.
    private func fault(
        _ inspection: Inspection, head: String = "", pieces: [String],
        user: inout ScriptUser
    ) throws -> String? {
        var capture = ResponseCapture()
        inspection.begin(&capture)
        var parser = ResponseParser()
        let bytes = Array("HTTP/1.1 200 OK\r\n\(head)\r\n".utf8)
        _ = try parser.consume(bytes.span, showing: &capture)
        for piece in pieces {
            let bytes = Array(piece.utf8)
            _ = try parser.consume(bytes.span, showing: &capture)
        }
        try parser.end()
        return inspection.fault(
            in: capture, bodyByteCount: parser.bodyByteCount, user: &user)
    }

    private func scenario(_ request: String) throws -> (Inspection, ScriptUser) {
        let scenario = try Document.request(request)
        return (scenario.requests[0].inspection, ScriptUser(scenario.script, number: 0))
    }

    @Test func `a text is found wherever the body is cut`() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3000 {
            let letters = ["a", "b"]
            let body = (0..<Int.random(in: 0...30, using: &random)).map { _ in random.pick(letters)
            }
            let needles = (0..<3).map { _ in
                (0..<Int.random(in: 1...5, using: &random)).map { _ in random.pick(letters) }
                    .joined()
            }
            var (pieces, rest) = ([String](), body[...])
            while !rest.isEmpty {
                let count = Int.random(in: 1...min(6, rest.count), using: &random)
                pieces.append(rest.prefix(count).joined())
                rest = rest.dropFirst(count)
            }
            var user = ScriptUser(Script(), number: 0)
            for needle in needles {
                let inspection = Inspection(
                    needles: needles.map { Needle(Array($0.utf8), isWanted: $0 == needle) }
                        .filter { $0.isWanted },
                    bodyBytesMax: nil, extractions: [])
                let isThere = body.joined().contains(needle)
                let fault = try fault(inspection, pieces: pieces, user: &user)
                #expect((fault == nil) == isThere, "\(needle) in \(pieces)")
            }
        }
    }

    @Test func `checks say what is wrong`() throws {
        var (inspection, user) = try scenario(
            #"{"path": "/", "expect": {"contains": ["good"], "notContains": "bad", "maxBytes": 9}}"#
        )
        #expect(try fault(inspection, pieces: ["goo", "d"], user: &user) == nil)
        #expect(
            try fault(inspection, pieces: ["goad"], user: &user) == #"the body lacks "good""#)
        #expect(
            try fault(inspection, pieces: ["good b", "ad"], user: &user)
                == #"the body has "bad""#)
        #expect(
            try fault(inspection, pieces: ["good good!"], user: &user)
                == "a body of 10 bytes, more than 9")
    }

    @Test func `values are taken from head and body`() throws {
        var (inspection, user) = try scenario(
            #"""
            {"path": "/", "extract": [
              {"variable": "id", "jsonPointer": "/items/1/id"},
              {"variable": "tag", "header": "x-tag"},
              {"variable": "name", "regex": "\"name\": *\"(.*?)\""}]}
            """#)
        let body = [#"{"items": [1, {"id": "#, #"4711, "name""#, #": "A\"}]}"#]
        let head = "X-Tag:  one \r\nx-tag: two\r\n"
        let fault = try fault(inspection, head: head, pieces: body, user: &user)
        #expect(fault == nil)
        #expect(
            user.variables.map { String(decoding: $0, as: UTF8.self) } == ["4711", "one", "A\\"])
    }

    @Test func `a value that is missing is a fault that names it`() throws {
        var (inspection, user) = try scenario(
            #"{"path": "/", "extract": {"variable": "id", "jsonPointer": "/id"}}"#)
        #expect(try fault(inspection, pieces: ["[]"], user: &user) == "id: no value at /id")
        (inspection, user) = try scenario(
            #"{"path": "/", "extract": {"variable": "id", "header": "X-Id"}}"#)
        #expect(try fault(inspection, pieces: ["[]"], user: &user) == "id: no field x-id")
    }

    @Test func `a body is kept up to its limit, and a value up to its own`() throws {
        var (inspection, user) = try scenario(
            #"{"path": "/", "extract": {"variable": "id", "regex": "!+"}}"#)
        let filling = String(repeating: "x", count: ResponseCapture.bodyBytesMax - 1)
        var found = try fault(inspection, pieces: [filling, "!!"], user: &user)
        #expect(found == nil)
        #expect(user.variables == [Array("!".utf8)])
        found = try fault(inspection, pieces: [filling, "x!"], user: &user)
        #expect(found == "id: no match of /!+/ in the first 1048576 bytes of the body")
        let long = String(repeating: "!", count: Extraction.valueBytesMax)
        #expect(try fault(inspection, pieces: [long], user: &user) == nil)
        found = try fault(inspection, pieces: [long, "!"], user: &user)
        #expect(found == "id: a value of 16385 bytes, more than 16384")
    }

    @Test func `nothing is kept that nobody asked for`() throws {
        var capture = ResponseCapture()
        Inspection().begin(&capture)
        capture.content(Array("body".utf8).span)
        capture.field(name: Array("a".utf8).span, value: Array("b".utf8).span)
        #expect(capture.body.isEmpty)
        #expect(MemoryLayout<ResponseCapture>.size <= 96)
        #expect(MemoryLayout<ScriptUser>.size <= 32)
    }
}
