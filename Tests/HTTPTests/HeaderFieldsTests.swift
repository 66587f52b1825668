import Testing

@testable import HTTP

struct HeaderFieldsTests {
    @Test func `names are found in any case and keep their spelling`() {
        let fields: HeaderFields = ["Content-Type": "text/plain"]
        #expect(fields["content-TYPE"] == "text/plain")
        #expect(fields["content-typ"] == nil)
        #expect(fields.first?.name == "Content-Type")
    }

    @Test func `adding keeps what is there and setting replaces it`() {
        var fields: HeaderFields = [("A", "1")]
        fields.add("a", "2")
        fields.add("b", "3")
        #expect(fields.values("A") == ["1", "2"])
        fields.set("A", "4")
        #expect(fields.map(\.value) == ["3", "4"])
        fields.remove("B")
        #expect(fields == ["a": "4"])
        #expect(fields != ["a": "5"])
        #expect(fields != [])
    }

    @Test func `only letters of ASCII have a case`() {
        #expect(!"[".equalsIgnoringCase("{"))
        #expect(!"É".equalsIgnoringCase("é"))
        #expect("aZ-9".equalsIgnoringCase("Az-9"))
    }
}
