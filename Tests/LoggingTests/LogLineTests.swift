import Foundation
import TestSupport
import Testing

@testable import Logging

struct LogLineTests {
    private func line(
        event: String = "x", _ fields: [String: LogValue], secrets: [String] = []
    ) -> [UInt8] {
        LogLine(
            time: Date(timeIntervalSince1970: 0), level: .info, event: event, fields: fields,
            redaction: Redaction(secrets: secrets)
        ).bytes
    }

    private func parsed(_ line: [UInt8]) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(line))
        return try #require(object as? [String: Any])
    }

    @Test func `any text comes back from the line as it went in, and the line stays one`() throws {
        var random = SeededGenerator(seed: 2)
        for _ in 0..<1500 {
            let (event, name, text) = (hostile(&random), hostile(&random), hostile(&random))
            let bytes = line(event: event, [name: .string(text), "s": .strings([text, name])])
            #expect(bytes.count { $0 < 0x20 } == 1 && bytes.last == UInt8(ascii: "\n"))
            let object = try parsed(bytes)
            #expect(object["event"] as? String == event)
            #expect(object[name] as? String == text || name == "s")
            #expect(object["s"] as? [String] == [text, name] || name == "s")
        }
    }

    private func hostile(_ random: inout SeededGenerator) -> String {
        let special: [Unicode.Scalar] = [
            "\"", "\\", "\n", "\r", "\0", "\u{1B}", "\u{7F}", "\u{85}", "\u{2028}", "\u{2029}",
            "\u{202E}", "\u{FFFD}", "\u{1F600}", "{", "}", ",", "/", "\u{301}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...20, using: &random) {
            let any = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
            let isSpecial = Bool.random(using: &random)
            text.append(isSpecial ? special.randomElement(using: &random) ?? "x" : any ?? "y")
        }
        return String(text)
    }

    @Test(arguments: ["\u{2028}", "\u{2029}", "\u{85}", "\u{1B}", "\u{202E}", "\0", "\r", "\n"])
    func `what a terminal or viewer could obey is escaped`(text: String) {
        let shown = String(decoding: line(["a": .string(text)]), as: UTF8.self)
        #expect(!shown.dropLast().unicodeScalars.contains { text.unicodeScalars.contains($0) })
    }

    @Test func `numbers are numbers where JSON has them`() throws {
        let object = try parsed(
            line(["a": .int(.min), "b": .double(0.1), "c": .double(1e300), "d": .double(.nan)]))
        #expect(object["a"] as? Int == .min)
        #expect(object["b"] as? Double == 0.1)
        #expect(object["c"] as? Double == 1e300)
        #expect(object["d"] as? String == "nan")
    }

    @Test func `a field cannot pose as the line's own level`() throws {
        let object = try parsed(line(["level": "error", "time": "never", "event": "y"]))
        #expect(object["level"] as? String == "info")
        #expect(object["field.level"] as? String == "error")
    }

    @Test func `a text at the limit is whole, one past it is cut between characters`() throws {
        let limit = LogLine.valueBytesMax
        let whole = String(repeating: "a", count: limit)
        #expect(try parsed(line(["a": .string(whole)]))["a"] as? String == whole)
        #expect(try parsed(line(["a": .string(whole + "b")]))["a"] as? String == whole + "…")
        let wide = "a" + String(repeating: "é", count: limit)
        let cut = try #require(try parsed(line(["a": .string(wide)]))["a"] as? String)
        #expect(cut == "a" + String(repeating: "é", count: (limit - 1) / 2) + "…")
    }

    @Test func `lists and fields are limited`() throws {
        let texts = (0..<LogLine.elementsMax + 3).map(String.init)
        let shown = try #require(try parsed(line(["a": .strings(texts)]))["a"] as? [String])
        #expect(shown == texts.dropLast(3) + ["… 3 more"])
        let exact = Array(texts.dropLast(3))
        #expect(try parsed(line(["a": .strings(exact)]))["a"] as? [String] == exact)
        let fields = Dictionary(uniqueKeysWithValues: texts.map { ($0, LogValue.int(1)) })
        #expect(try parsed(line(fields)).count == LogLine.fieldsMax + 3)
    }

    @Test func `no secret is in a line, wherever it was`() {
        let secret = "s3cr3t-\"tök\n"
        let digits = "123456789012"
        let text = String(
            decoding: line(
                event: "got \(secret)",
                [
                    "a": .string("\(secret)\(secret) x\(digits)"), "b": .strings(["y\(secret)"]),
                    "c": .int(123_456_789_012), secret: 1,
                ], secrets: [secret, digits]), as: UTF8.self)
        #expect(
            text.hasSuffix(
                #""event":"got ***","a":"****** x***","b":["y***"],"c":"***","***":1}"# + "\n"))
    }
}
