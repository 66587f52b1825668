import Testing

@testable import LoadEngine

struct PatternTests {
    private func match(_ text: String, _ body: String, group: Int) throws -> String? {
        let bytes = Array(body.utf8)
        guard case .found(let range) = try Pattern(text).match(bytes, group: group, preferring: 0)
        else { return nil }
        return String(decoding: bytes[range], as: UTF8.self)
    }

    @Test func `the group of the first match is found`() throws {
        let page = #"<a token="x1"> <a token="x2">"#
        #expect(try match(#"token="([^"]+)""#, page, group: 1) == "x1")
        #expect(try match(#"token="([^"]+)""#, page, group: 0) == #"token="x1""#)
        #expect(try match(#"tokens="([^"]+)""#, page, group: 1) == nil)
        #expect(try match("(a)|(<)", page, group: 1) == nil)
        #expect(try match("x*", "", group: 0) == "")
    }

    @Test func `mistakes are told with their place`() {
        let error = #expect(throws: PatternError.self) { try Pattern("ab(c") }
        #expect(error?.offset == 4)
        #expect(error?.message.isEmpty == false)
    }

    @Test func `a match that would take for ever is given up`() throws {
        let pattern = try Pattern("(a+)+(b+)+(?=c)(*COMMIT)")
        let body = [UInt8](repeating: UInt8(ascii: "a"), count: 200)
        let evil = try Pattern("^(a|aa)+$").match(
            body + [UInt8(ascii: "!")], group: 0, preferring: 0)
        guard case .gaveUp = evil else {
            Issue.record("\(evil)")
            return
        }
        _ = pattern.match(body, group: 1, preferring: 0)
    }

    @Test func `threads that meet at one expression all get their matches`() async throws {
        let pattern = try Pattern("id=([0-9]+);")
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<8 {
                group.addTask {
                    (0..<300).allSatisfy { round in
                        let value = "\(number * 1000 + round)"
                        let body = Array("noise id=\(value); id=0;".utf8)
                        let found = pattern.match(body, group: 1, preferring: number)
                        guard case .found(let range) = found else { return false }
                        return body[range].elementsEqual(value.utf8)
                    }
                }
            }
            for await isGood in group { #expect(isGood) }
        }
    }
}
