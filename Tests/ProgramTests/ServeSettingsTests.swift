import Testing

@testable import swarmkeeper

struct ServeSettingsTests {
    private func settings(_ words: String..., environment: [String: String] = [:])
        throws(ArgumentError) -> ServeSettings
    {
        try ServeSettings(
            Arguments(words, flags: ServeCommand.flags, environment: environment),
            environment: environment)
    }

    @Test func `runs on Locust are left unless the line or the environment says otherwise`() throws
    {
        #expect(try settings().onShutdown == .leave)
        #expect(try settings().stopLimit == nil)
        #expect(try settings("--on-shutdown", "stop").onShutdown == .stop)
        #expect(try settings("--stop-limit", "20").stopLimit == .seconds(20))
        let environment = ["SWARMKEEPER_ON_SHUTDOWN": "stop", "SWARMKEEPER_STOP_LIMIT": "7"]
        #expect(try settings(environment: environment).onShutdown == .stop)
        #expect(try settings(environment: environment).stopLimit == .seconds(7))
        let both = try settings("--on-shutdown=leave", environment: environment)
        #expect(both.onShutdown == .leave)
    }

    @Test(arguments: ["kill", "", "Stop", "leave,stop"])
    func `any other word is refused, with those that are known`(word: String) {
        let error = #expect(throws: ArgumentError.self) {
            try settings("--on-shutdown=\(word)")
        }
        #expect(error?.message == "--on-shutdown must be one of leave, stop, not \(word)")
    }

    @Test func `the help tells the exit codes`() {
        for text in ["0 after a signal", "1 when it cannot start", "3 when", "143 after"] {
            #expect(ServeCommand.help.contains(text))
        }
    }
}
