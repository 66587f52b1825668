import LoadEngine
import Testing

@testable import swarmkeeper

struct AttackOptionsTests {
    private func parse(_ words: [String], environment: [String: String] = [:])
        throws(ArgumentError) -> AttackOptions
    {
        try AttackOptions(
            try Arguments(words, flags: AttackCommand.flags, environment: environment),
            environment: environment)
    }

    private func parse(_ words: String..., environment: [String: String] = [:])
        throws(ArgumentError) -> AttackOptions
    {
        try parse(words, environment: environment)
    }

    /// Words as a shell would take an example apart: single quotes hold blanks together.
    private func words(of line: String) -> [String] {
        line.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap {
            $0.offset % 2 == 1
                ? [String($0.element)] : $0.element.split(separator: " ").map(String.init)
        }
    }

    @Test(arguments: AttackCommand.examples)
    func `every example of the help is a right command line`(line: String) throws {
        let words = words(of: line)
        #expect(words.first == "attack")
        let options = try parse(Array(words.dropFirst()))
        guard case .url = options.source, options.body == nil else {
            return
        }
        #expect(throws: Never.self) { try AttackPlan(options) }
    }

    @Test func `what is not said is left open`() throws {
        let options = try parse("http://shop.example/")
        #expect(options.load == LoadSettings())
        #expect(options.source == .url)
        #expect(options.url == "http://shop.example/")
        #expect(options.isColored && !options.isQuiet)
    }

    @Test func `a URL without a scheme is http`() throws {
        #expect(try parse("localhost:8080/x").url == "http://localhost:8080/x")
    }

    @Test func `letters are the short forms`() throws {
        let options = try parse(
            "u", "-c", "50", "-d30s", "-r", "100/s", "-m", "put", "-b", "x", "-H", "A: b", "-HC:d")
        #expect(options.load.users == 50)
        #expect(options.load.duration == .seconds(30))
        #expect(options.load.rate == 100)
        #expect(options.load.model == .open)
        #expect(options.method == "put")
        #expect(options.body == .text("x"))
        #expect(options.headers == [.init(name: "A", value: "b"), .init(name: "C", value: "d")])
    }

    @Test func `the environment says what the line does not`() throws {
        let environment = [
            "SWARMKEEPER_USERS": "5", "SWARMKEEPER_CLOSE": "true", "SWARMKEEPER_INSECURE": "false",
            "SWARMKEEPER_HEADER": "A: b\nC: d", "NO_COLOR": "1", "SWARMKEEPER_DURATION": "1s",
        ]
        let options = try parse("u", "-d", "2s", environment: environment)
        #expect(options.load.users == 5)
        #expect(options.load.keepsAlive == false)
        #expect(options.load.verifiesServer == nil)
        #expect(options.load.duration == .seconds(2))
        #expect(options.headers.map(\.name) == ["A", "C"])
        #expect(!options.isColored)
        let replaced = try parse("u", "-H", "E: f", "--close=false", environment: environment)
        #expect(replaced.headers.map(\.name) == ["E"])
        #expect(replaced.load.keepsAlive == nil)
    }

    @Test func `connections are as they were asked for`() throws {
        let load = try parse(
            "u", "--timeout", "5s", "--connect-timeout", "1s", "--follow-redirects", "3",
            "--ca-file", "ca.pem", "--cert", "me.pem", "--resume", "--threads", "2", "--tick",
            "exact", "--seed", "7", "--drain", "0", "--max-requests", "9", "--stop-on-failures", "5"
        ).load
        #expect(load.timeout == .seconds(5))
        #expect(load.connectTimeout == .seconds(1))
        #expect(load.redirectsMax == 3)
        #expect(load.caFile == "ca.pem")
        #expect(
            load.clientCertificate == .init(certificateFile: "me.pem", keyFile: "me.pem"))
        #expect(load.resumesSessions == true)
        #expect(load.threads == 2)
        #expect(load.tick == .exact)
        #expect(load.seed == 7)
        #expect(load.drain == .zero)
        #expect(load.requestsMax == 9)
        #expect(load.stopRule == StopRule(failurePercentMax: 5))
    }

    @Test func `stages are users, or rates by unit or beside a rate`() throws {
        let users = try parse("u", "--stages", "10s:5,20s:0", "-c", "2").load
        #expect(users.model == .closed)
        #expect(users.users == 2)
        #expect(
            users.stages
                == .users([
                    .init(duration: .seconds(10), users: 5),
                    .init(duration: .seconds(20), users: 0),
                ]))
        let rates = LoadSettings.Stages.rates([.init(rate: 5, duration: .seconds(10))])
        let byUnit = try parse("u", "--stages", "10s:5/s").load
        #expect(byUnit.stages == rates && byUnit.model == .open)
        let byRate = try parse("u", "--stages", "10s:5", "-r", "1").load
        #expect(byRate.stages == rates && byRate.model == .open && byRate.rate == 1)
    }

    @Test func `outputs have a format and a place`() throws {
        let options = try parse("u", "--output", "json=a=b.json", "--output", "csv=-")
        #expect(
            options.outputs == [
                .init(format: .json, path: "a=b.json"), .init(format: .csv, path: "-"),
            ])
        #expect(options.outputs[1].isStandardOutput)
    }

    @Test(arguments: [
        ([], "name a URL, --scenario FILE or --targets FILE"),
        (["a", "b"], "unexpected b"),
        (["u", "-c", "0"], "--users must be a number between 1 and 1000000, not 0"),
        (["u", "-c"], "--users needs a value"),
        (["u", "-x"], "unknown option -x"),
        (["u", "--user", "1"], "unknown option --user; did you mean --users?"),
        (["u", "-d", "soon"], "--duration must be a time such as 30s or 1m30s, not soon"),
        (["u", "-d", "0"], "--duration must be a time such as 30s or 1m30s, not 0"),
        (["u", "-r", "fast"], "--rate must be arrivals such as 1000/s or 60/m, not fast"),
        (["u", "-r", "1", "--think-time", "1s"], "--think-time has no meaning with arrival rates"),
        (["u", "-r", "1", "--spawn-rate", "1"], "--spawn-rate has no meaning with arrival rates"),
        (
            ["u", "--stages", "1s:1", "--spawn-rate", "1"],
            "--stages and --spawn-rate exclude each other"
        ),
        (["u", "--stages", "1s:1,1s:1/s"], "--stages are all users or all rates"),
        (["u", "--stages", "0s:1"], "--stages must last"),
        (["u", "--stages", "1s:1.5"], "--stages: users are whole numbers up to 1000000"),
        (["u", "-H", "nocolon"], "--header must be such as 'Accept: text/html', not nocolon"),
        (["u", "-H", ": x"], "--header must be such as 'Accept: text/html', not : x"),
        (["u", "--insecure", "--ca-file", "x"], "--insecure and --ca-file exclude each other"),
        (["u", "--key", "x"], "--key needs --cert"),
        (["u", "--quiet=maybe"], "--quiet is true or false, not maybe"),
        (["u", "--output", "x"], "--output must be one of json=FILE, csv=FILE, hdr=FILE, not x"),
        (
            ["u", "--output", "json=-", "--output", "hdr=-"],
            "only one --output can be standard output"
        ),
        (["--scenario", "a", "--targets", "b"], "--scenario and --targets exclude each other"),
        (["--scenario", "a", "-m", "PUT"], "--method does not go with --scenario and --targets"),
        (["--targets", "a", "-b", "x"], "--body does not go with --scenario and --targets"),
        (
            ["--targets", "a", "-H", "A: b"],
            "--header does not go with --targets, which has its own"
        ),
    ])
    func `a wrong line is told in words`(words: [String], message: String) {
        let error = #expect(throws: ArgumentError.self) { try parse(words) }
        #expect(error?.message == message)
    }

    @Test(
        arguments: [
            (["attack", "--help"], 0), (["help", "attack"], 0), (["attack"], 2),
            (["attack", "u", "--nope"], 2), (["attack", "ftp://x/"], 2),
            (["attack", "--scenario", "/nowhere"], 1), (["attack", "--targets", "/nowhere"], 1),
            (["attack", "u", "-b", "@/nowhere"], 1),
            (["attack", "u", "--output", "json=/nowhere/x"], 1),
        ] as [([String], Int32)])
    func `the exit code tells a wrong line from what cannot run`(words: [String], code: Int32)
        async
    {
        #expect(await Program.run(words, environment: [:]) == code)
    }
}

struct AttackDefaultsTests {
    private func settings(_ change: (inout LoadSettings) -> Void = { _ in }) -> LoadSettings {
        var settings = LoadSettings()
        change(&settings)
        return settings
    }

    @Test func `little load for a short time is the default`() {
        let filled = AttackDefaults.fill(settings(), over: settings())
        #expect(filled.users == 10)
        #expect(filled.duration == .seconds(10))
    }

    @Test func `a rate has connections for a second of it`() {
        for (rate, users) in [(1.0, 100), (500, 500), (0.5, 100), (1e6, 10_000)] {
            let filled = AttackDefaults.fill(settings { $0.rate = rate }, over: settings())
            #expect(filled.users == users)
        }
        let stages = LoadSettings.Stages.rates([.init(rate: 700, duration: .seconds(1))])
        let filled = AttackDefaults.fill(settings { $0.stages = stages }, over: settings())
        #expect(filled.users == 700)
        #expect(filled.duration == nil)
    }

    @Test func `what the scenario says is left to it`() {
        let scenario = settings { ($0.users, $0.duration) = (3, .seconds(5)) }
        #expect(AttackDefaults.fill(settings(), over: scenario) == settings())
        let stages = LoadSettings.Stages.users([.init(duration: .seconds(1), users: 5)])
        #expect(
            AttackDefaults.fill(settings(), over: settings { $0.stages = stages }) == settings())
        // Users that wait for answers are no connections of an open model.
        let filled = AttackDefaults.fill(settings { $0.rate = 200 }, over: scenario)
        #expect(filled.users == 200)
    }

    @Test func `a number of requests has all the time it needs`() {
        let filled = AttackDefaults.fill(settings { $0.requestsMax = 5 }, over: settings())
        #expect(filled.duration == AttackDefaults.budgetDuration)
    }
}
