import Testing

@testable import swarmkeeper

struct ArgumentsTests {
    private static let flags = [
        Flag(name: "config", value: "FILE", summary: ""),
        Flag(name: "log-level", value: "LEVEL", summary: ""),
        Flag(name: "port", value: "PORT", summary: ""),
    ]

    private func parse(_ words: String..., environment: [String: String] = [:])
        throws(ArgumentError) -> Arguments
    {
        try Arguments(words, flags: Self.flags, environment: environment)
    }

    @Test func `options come in both forms and among operands`() throws {
        let arguments = try parse("a", "--config", "x.yaml", "--port=80", "b", "--log-level=a=b")
        #expect(arguments.operands == ["a", "b"])
        #expect(arguments["config"] == "x.yaml")
        #expect(arguments["port"] == "80")
        #expect(arguments["log-level"] == "a=b")
        #expect(arguments["host"] == nil)
    }

    @Test func `the last of a repeated option counts`() throws {
        #expect(try parse("--port", "1", "--port", "2")["port"] == "2")
    }

    @Test func `the environment counts where the line says nothing`() throws {
        let environment = [
            "SWARMKEEPER_LOG_LEVEL": "debug", "SWARMKEEPER_PORT": "1", "SWARMKEEPER_CONFIG": "",
        ]
        let arguments = try parse("--port", "2", environment: environment)
        #expect(arguments["log-level"] == "debug")
        #expect(arguments["port"] == "2")
        #expect(arguments["config"] == nil, "a variable that is empty says nothing")
    }

    @Test(arguments: [
        (["--prot", "1"], "unknown option --prot; did you mean --port?"),
        (["--zzzzzzzzz"], "unknown option --zzzzzzzzz"),
        (["--port"], "--port needs a value"),
        (["--port", "--config", "x"], "--port needs a value"),
        (["--=x"], "unknown option --"),
        (["--Port=1"], "unknown option --Port; did you mean --port?"),
    ])
    func `a wrong line is told in words`(words: [String], message: String) {
        let error = #expect(throws: ArgumentError.self) {
            try Arguments(words, flags: Self.flags, environment: [:])
        }
        #expect(error?.message == message)
    }

    @Test func `an empty value is a value and takes no other word's place`() throws {
        let arguments = try parse("--config=", "x")
        #expect(arguments["config"] == "")
        #expect(arguments.operands == ["x"])
        #expect(try parse("--config=--odd")["config"] == "--odd")
    }

    @Test(arguments: ["-1", "65536", "1.5", "x", "", " 1", "0x10"])
    func `a number out of range or none is refused`(text: String) throws {
        let arguments = try parse("--port=\(text)")
        let error = #expect(throws: ArgumentError.self) {
            try arguments.number("port", in: 0...65_535, default: 1)
        }
        #expect(error?.message == "--port must be a number between 0 and 65535, not \(text)")
    }

    @Test func `a number within its range or left out is taken`() throws {
        #expect(try parse("--port", "65535").number("port", in: 0...65_535, default: 1) == 65_535)
        #expect(try parse().number("port", in: 0...65_535, default: 1) == 1)
        #expect(throws: ArgumentError.self) {
            try parse("--port", "nan").number("port", in: 0...1.0, default: 0)
        }
    }

    @Test func `help names every option and its value`() {
        for command in Program.commands {
            for flag in command.flags {
                #expect(command.help.contains(flag.usage))
                #expect(!flag.summary.isEmpty)
            }
            #expect(command.help.contains("usage: swarmkeeper \(command.name)"))
            #expect(command.help.contains(command.summary))
            #expect(command.help.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }

    @Test(
        arguments: [
            ([], 2), (["help"], 0), (["--help"], 0), (["help", "serve"], 0),
            (["serve", "--help"], 0),
            (["version"], 0), (["serv"], 2), (["serve", "--nope"], 2), (["serve", "operand"], 2),
            (["serve", "--port", "99999"], 2), (["serve", "--on-shutdown", "kill"], 2),
            (["serve", "--stop-limit", "0"], 2), (["serve", "--stop-limit", "3601"], 2),
            (["check-config"], 2),
            (["check-config", "/nowhere"], 1),
            (["target", "--failure-share", "2"], 2), (["serve", "--config", "/nowhere"], 1),
        ] as [([String], Int32)])
    func `the exit code tells success, failure and a wrong line apart`(
        words: [String], code: Int32
    ) async {
        #expect(await Program.run(words, environment: [:]) == code)
    }

    @Test(
        arguments: [
            ("serv", "serve"), ("SERVE", "serve"), ("chekc-config", "check-config"), ("x", nil),
            ("", nil), ("completely-different", nil),
        ] as [(String, String?)])
    func `the nearest name is guessed where one is near`(name: String, expected: String?) {
        #expect(NearestName.of(name, among: ["serve", "check-config", "target"]) == expected)
    }

    @Test func `no name is near where none is known`() {
        #expect(NearestName.of("x", among: []) == nil)
    }
}
