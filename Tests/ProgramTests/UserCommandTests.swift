import JSON
import Testing

@testable import swarmkeeper

struct UserCommandTests {
    private func order(_ words: String...) throws(ArgumentError) -> UserOrder {
        try UserOrder(Arguments(words, flags: UserCommand.flags, environment: [:]))
    }

    @Test func `a command line says what is to be done`() throws {
        let least = try order("create", "anna", "--role", "administrator")
        #expect(
            least
                == .create(["name": .string("anna"), "role": .string("administrator")]))
        let most = try order(
            "create", "anna", "--role=viewer", "--tenant=t", "--env=a", "--env=b",
            "--description=d")
        #expect(
            most
                == .create([
                    "name": .string("anna"), "role": .string("viewer"), "tenantId": .string("t"),
                    "envIds": .array([.string("a"), .string("b")]), "description": .string("d"),
                ]))
        #expect(try order("list", "--tenant", "t") == .list)
        #expect(try order("disable", "anna") == .act(.disable, "anna"))
        #expect(try order("set-password", "anna") == .act(.setPassword, "anna"))
    }

    @Test(arguments: [
        [], ["make", "x"], ["create"], ["create", "anna"], ["create", "", "--role", "viewer"],
        ["list", "x"], ["disable"], ["disable", "a", "b"], ["delete"], ["set-password"],
        ["create", "anna", "--role", "viewer", "--password", "x"],
    ])
    func `a wrong command line ends with 2`(words: [String]) async {
        let environment = ["SWARMKEEPER_TOKEN": "token-1"]
        #expect(await Program.run(["user"] + words, environment: environment) == 2)
    }

    @Test func `a password is the first line, whatever is in it`() throws {
        for (text, password) in [
            ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"),
            ("a b\tc \nmore\n", "a b\tc "), ("ünïcödé", "ünïcödé"),
        ] {
            #expect(try PasswordInput.line(of: Array(text.utf8)) == password)
        }
        for bytes in [[], [0x0A], [0x0D, 0x0A], [0xFF, 0x0A]] as [[UInt8]] {
            #expect(throws: PasswordInput.Failure.self) { try PasswordInput.line(of: bytes) }
        }
    }

    @Test func `keys are taken as a terminal takes them`() {
        func type(_ text: String) -> (TypedLine, TypedLine.Outcome) {
            var line = TypedLine()
            for key in text.utf8 {
                let outcome = line.take(key)
                if outcome != .goOn { return (line, outcome) }
            }
            return (line, .goOn)
        }
        for (text, typed) in [
            ("abc\rd", "abc"), ("abc\n", "abc"), ("ab\u{7f}c\n", "ac"), ("aé\u{8}b\n", "ab"),
            ("🐝\u{7f}x\n", "x"), ("\u{7f}\u{7f}x\n", "x"), ("abc\u{15}d\n", "d"),
            ("a\tb\u{1b}c\n", "abc"),
        ] {
            let (line, outcome) = type(text)
            #expect(outcome == .done && String(decoding: line.bytes, as: UTF8.self) == typed)
        }
        for key in ["\u{3}", "\u{4}", "\u{1c}"] { #expect(type("a\(key)").1 == .cancelled) }
    }
}
