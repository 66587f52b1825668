import Testing

@testable import swarmkeeper

struct InterpolationTests {
    private static let environment = ["A": "one", "EMPTY": "", "DEEP": "${A}", "_x9": "nine"]

    /// Of files there is one.
    private static func apply(_ text: String) -> Interpolation.Outcome {
        Interpolation.apply(to: text, environment: environment) { path in
            path == "/run/secrets/a" ? .success("${A} of a file") : .failure(.init(message: path))
        }
    }

    @Test(arguments: [
        ("${file:/run/secrets/a}", "${A} of a file"),
        (
            "<${file:/run/secrets/a}>${A}",
            "<${A} of a file>one"
        ), ("$${file:/run/secrets/a}", "${file:/run/secrets/a}"),
    ])
    func `files are put in, and not looked into`(text: String, expected: String) {
        #expect(Self.apply(text) == .text(expected))
    }

    @Test func `all files that cannot be read are named`() {
        #expect(Self.apply("${file:/b}${X}${file:c}") == .unreadable(["/b", "c"]))
    }

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("${A}", "one"), ("x${A}y${A}z", "xoneyonez"),
        ("${_x9}", "nine"), ("${EMPTY}", ""), ("${EMPTY:-two}", "two"), ("${B:-two}", "two"),
        ("${B:-}", ""), ("${A:-two}", "one"), ("${B:-a:-b}", "a:-b"), ("${B:-$x}", "$x"),
        ("${DEEP}", "${A}"), ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A", "$A"), ("$", "$"),
        ("$$", "$$"), ("a$", "a$"), ("}{", "}{"), ("${B:-ä😀}", "ä😀"), ("$${A} ${A}", "${A} one"),
    ])
    func `variables are replaced`(text: String, expected: String) {
        #expect(Self.apply(text) == .text(expected))
    }

    @Test(arguments: [
        "${", "${}", "${A", "${9}", "${A-x}", "${A:x}", "${ A}", "${A }", "${ä}",
        "${A:-${B}}", "x${A${A}", "${file:}", "${file:/a", "${file:/a${A}}",
    ])
    func `what is neither form is refused`(text: String) {
        #expect(Self.apply(text) == .malformed)
    }

    @Test func `all missing variables are named`() {
        #expect(Self.apply("${X}${A}${Y}") == .missing(["X", "Y"]))
    }
}
