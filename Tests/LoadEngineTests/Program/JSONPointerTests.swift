import JSON
import TestSupport
import Testing

@testable import LoadEngine

struct JSONPointerTests {
    private static func value(_ pointer: String, in text: String) throws -> String? {
        let pointer = try #require(JSONPointer(pointer))
        return pointer.value(in: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The document of RFC 6901, section 5.
    private static let example = #"""
        {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
         "k\"l": 6, " ": 7, "m~n": 8}
        """#

    @Test(arguments: [
        ("/foo", #"["bar", "baz"]"#), ("/foo/0", "bar"), ("/", "0"), ("/a~1b", "1"),
        ("/c%d", "2"), ("/e^f", "3"), ("/g|h", "4"), (#"/i\j"#, "5"), (#"/k"l"#, "6"), ("/ ", "7"),
        ("/m~0n", "8"), ("", example),
    ])
    func `pointers mean what the standard says`(pointer: String, expected: String) throws {
        #expect(try Self.value(pointer, in: Self.example) == expected)
    }

    @Test func `what is not there has no value`() throws {
        for pointer in ["/foo/2", "/foo/-", "/foo/01", "/foo/x", "/bar", "/foo/0/x", "/m~0n/0"] {
            #expect(try Self.value(pointer, in: Self.example) == nil, "\(pointer)")
        }
        #expect(try Self.value("/a", in: #"{"a": null}"#) == nil)
        #expect(JSONPointer("foo") == nil && JSONPointer("/~2") == nil && JSONPointer("/~") == nil)
    }

    @Test func `bytes that are no JSON have no value and do no harm`() throws {
        var random = SeededGenerator(seed: 3)
        let pieces = ["{", "}", "[", "]", "\"", "\\", ",", ":", "a", "1", " ", "\"a\":", "\\u12"]
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in random.pick(pieces) }
                .joined()
            for pointer in ["", "/a", "/1", "/a/0/a"] { _ = try Self.value(pointer, in: text) }
        }
    }

    @Test func `every place of a document has the value that the reader gives it`() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<1500 {
            let document = JSONSamples.value(depth: 4, using: &random)
            let bytes = document.encodedBytes
            for (pointer, value) in Self.places(of: document, at: "") {
                let found = try #require(JSONPointer(pointer)).value(in: bytes)
                switch value {
                case .null: #expect(found == nil)
                case .string(let text): #expect(found == Array(text.utf8), "\(pointer)")
                default:
                    let read = try found.map { try JSONReader.document($0) }
                    #expect(read == value, "\(pointer)")
                }
            }
        }
    }

    private static func places(
        of value: JSONValue, at pointer: String
    ) -> [(pointer: String, value: JSONValue)] {
        var places = [(pointer, value)]
        switch value {
        case .object(let members):
            for (name, member) in members {
                places += Self.places(of: member, at: ScenarioReader.join(pointer, name))
            }
        case .array(let items):
            for (index, item) in items.enumerated() {
                places += Self.places(of: item, at: "\(pointer)/\(index)")
            }
        default: break
        }
        return places
    }

    @Test func `escapes of strings are resolved, pairs of surrogates too`() throws {
        let text = #"{"a": "\u00e4\ud83d\ude00\n\/\ud83d!", "\u0062": "c"}"#
        #expect(try Self.value("/a", in: text) == "ä😀\n/\u{FFFD}!")
        #expect(try Self.value("/b", in: text) == "c")
    }
}
