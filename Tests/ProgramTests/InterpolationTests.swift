import Testing

@testable import swarmkeeper

struct InterpolationTests {
    private static let environment = ["A": "one", "EMPTY": "", "DEEP": "${A}", "_x9": "nine"]

    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("${A}", "one"), ("x${A}y${A}z", "xoneyonez"),
        ("${_x9}", "nine"), ("${EMPTY}", ""), ("${EMPTY:-two}", "two"), ("${B:-two}", "two"),
        ("${B:-}", ""), ("${A:-two}", "one"), ("${B:-a:-b}", "a:-b"), ("${B:-$x}", "$x"),
        ("${DEEP}", "${A}"), ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$A", "$A"), ("$", "$"),
        ("$$", "$$"), ("a$", "a$"), ("}{", "}{"), ("${B:-ä😀}", "ä😀"), ("$${A} ${A}", "${A} one"),
    ])
    func `variables are replaced`(text: String, expected: String) {
        #expect(Interpolation.apply(to: text, environment: Self.environment) == .text(expected))
    }

    @Test(arguments: [
        "${", "${}", "${A", "${9}", "${A-x}", "${A:x}", "${ A}", "${A }", "${ä}",
        "${A:-${B}}", "x${A${A}",
    ])
    func `what is neither form is refused`(text: String) {
        #expect(Interpolation.apply(to: text, environment: Self.environment) == .malformed)
    }

    @Test func `all missing variables are named`() {
        #expect(
            Interpolation.apply(to: "${X}${A}${Y}", environment: Self.environment)
                == .missing(["X", "Y"]))
    }
}
