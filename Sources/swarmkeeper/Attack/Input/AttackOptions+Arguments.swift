import LoadEngine
import Networking

extension AttackOptions {
    /// Up to here every reader of the JSON result holds the number exactly.
    static let seedMax: UInt64 = 1 << 53

    init(_ arguments: Arguments, environment: [String: String]) throws(ArgumentError) {
        try readSource(arguments)
        try readRequest(arguments)
        load = try LoadSettings(arguments)
        for text in arguments.all("output") { outputs.append(try OutputRequest(text)) }
        guard outputs.count(where: \.isStandardOutput) <= 1 else {
            throw ArgumentError(message: "only one --output can be standard output")
        }
        isQuiet = arguments.isOn("quiet")
        // The agreement of no-color.org: the variable, whatever it says, unless it is empty.
        isColored = !arguments.isOn("no-color") && environment["NO_COLOR", default: ""].isEmpty
    }

    private mutating func readSource(_ arguments: Arguments) throws(ArgumentError) {
        guard arguments.operands.count <= 1 else {
            throw ArgumentError(message: "unexpected \(arguments.operands[1])")
        }
        url = arguments.operands.first.map(Self.withScheme)
        switch (arguments["scenario"], arguments["targets"]) {
        case (nil, nil):
            guard url != nil else {
                throw ArgumentError(message: "name a URL, --scenario FILE or --targets FILE")
            }
        case (let file?, nil): source = .scenario(file: file)
        case (nil, let file?): source = .targets(file: file)
        default:
            throw ArgumentError(message: "--scenario and --targets exclude each other")
        }
    }

    /// `localhost:8080/path` is what people type; curl takes it for http as well.
    private static func withScheme(_ url: String) -> String {
        url.contains("://") ? url : "http://\(url)"
    }

    private mutating func readRequest(_ arguments: Arguments) throws(ArgumentError) {
        method = arguments["method"]
        for text in arguments.all("header") { headers.append(try Self.header(text)) }
        body = arguments["body"].map {
            $0.hasPrefix("@") ? .file(String($0.dropFirst())) : .text($0)
        }
        guard source != .url else { return }
        if case .targets = source, !headers.isEmpty {
            throw ArgumentError(message: "--header does not go with --targets, which has its own")
        }
        // Both files say themselves what is sent.
        for name in ["method", "body"] where arguments[name] != nil {
            throw ArgumentError(message: "--\(name) does not go with --scenario and --targets")
        }
    }

    private static func header(_ text: String) throws(ArgumentError) -> Header {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
            throw ArgumentError(
                message: "--header must be such as 'Accept: text/html', not \(text)")
        }
        let value = text[text.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        return Header(name: String(text[..<colon]), value: String(value))
    }
}

extension LoadSettings {
    fileprivate init(_ arguments: Arguments) throws(ArgumentError) {
        self.init()
        try readModel(arguments)
        try readEnds(arguments)
        try readConnections(arguments)
        threads = try arguments.number("threads", in: 1...ScenarioLimits.threadsMax)
        tick = try arguments.value("tick", "auto, exact or a time such as 1ms", LoadText.tick)
        seed = try arguments.number("seed", in: 0...AttackOptions.seedMax)
    }

    /// Refuses what contradicts itself, instead of choosing one of the two.
    private mutating func readModel(_ arguments: Arguments) throws(ArgumentError) {
        users = try arguments.number("users", in: 1...ScenarioLimits.usersMax)
        rate = try arguments.value("rate", "arrivals such as 1000/s or 60/m", LoadText.rate)
        spawnRate = try arguments.value("spawn-rate", "users per second such as 10", LoadText.rate)
        thinkTime = try arguments.value(
            "think-time", "such as 500ms, 100ms..2s or exp:1s", LoadText.thinkTime)
        let given = try arguments.value(
            "stages", "such as 30s:100,1m:100 (users) or 30s:100/s,1m:100/s (rates)",
            LoadText.stages)
        if let given { stages = try Self.stages(given, areRates: rate != nil) }
        if case .rates = stages { model = .open } else if rate != nil { model = .open }
        if model == .open {
            for name in ["think-time", "spawn-rate"] where arguments[name] != nil {
                throw ArgumentError(message: "--\(name) has no meaning with arrival rates")
            }
        } else if stages != nil {
            model = .closed
            guard spawnRate == nil else {
                throw ArgumentError(message: "--stages and --spawn-rate exclude each other")
            }
        }
    }

    /// - Parameter areRates: also without a unit, as there is a rate to begin with.
    private static func stages(_ stages: [LoadText.Stage], areRates: Bool) throws(ArgumentError)
        -> Stages
    {
        guard stages.contains(where: { $0.duration > .zero }) else {
            throw ArgumentError(message: "--stages must last")
        }
        if areRates || stages.allSatisfy(\.isRate) {
            return .rates(stages.map { .init(rate: $0.goal, duration: $0.duration) })
        }
        guard !stages.contains(where: \.isRate) else {
            throw ArgumentError(message: "--stages are all users or all rates")
        }
        var users: [UserCurve.Stage] = []
        for stage in stages {
            guard let count = Int(exactly: stage.goal), count <= ScenarioLimits.usersMax else {
                throw ArgumentError(
                    message: "--stages: users are whole numbers up to \(ScenarioLimits.usersMax)")
            }
            users.append(.init(duration: stage.duration, users: count))
        }
        return .users(users)
    }

    private mutating func readEnds(_ arguments: Arguments) throws(ArgumentError) {
        duration = try arguments.duration("duration")
        requestsMax = try arguments.number("max-requests", in: 1...UInt64(Int64.max))
        drain = try arguments.duration("drain", allowsZero: true)
        stopRule = try arguments.number("stop-on-failures", in: 0...100.0).map {
            StopRule(failurePercentMax: $0)
        }
    }

    private mutating func readConnections(_ arguments: Arguments) throws(ArgumentError) {
        timeout = try arguments.duration("timeout")
        connectTimeout = try arguments.duration("connect-timeout")
        redirectsMax = try arguments.number(
            "follow-redirects", in: 0...ScenarioLimits.redirectsMax)
        if arguments.isOn("close") { keepsAlive = false }
        if arguments.isOn("insecure") { verifiesServer = false }
        if arguments.isOn("resume") { resumesSessions = true }
        caFile = arguments["ca-file"]
        guard verifiesServer != false || caFile == nil else {
            throw ArgumentError(message: "--insecure and --ca-file exclude each other")
        }
        switch (arguments["cert"], arguments["key"]) {
        case (nil, nil): break
        case (nil, .some): throw ArgumentError(message: "--key needs --cert")
        // One file often holds both.
        case (let cert?, let key):
            clientCertificate = .init(certificateFile: cert, keyFile: key ?? cert)
        }
    }
}

extension Arguments {
    /// What `read` makes of an option's text; nil where it was not given.
    fileprivate func value<T>(_ name: String, _ expected: String, _ read: (String) -> T?)
        throws(ArgumentError) -> T?
    {
        guard let text = self[name] else { return nil }
        guard let value = read(text) else {
            throw ArgumentError(message: "--\(name) must be \(expected), not \(text)")
        }
        return value
    }

    fileprivate func duration(_ name: String, allowsZero: Bool = false) throws(ArgumentError)
        -> Duration?
    {
        try value(name, "a time such as 30s or 1m30s") { text in
            LoadText.duration(text).flatMap { $0 > .zero || allowsZero ? $0 : nil }
        }
    }
}
