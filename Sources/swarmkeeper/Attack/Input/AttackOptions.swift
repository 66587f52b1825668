import LoadEngine

/// What the command line asks of an attack.
struct AttackOptions: Equatable, Sendable {
    /// Where the requests come from.
    enum Source: Equatable, Sendable {
        case url
        case scenario(file: String)
        case targets(file: String)
    }

    enum Body: Equatable, Sendable {
        case text(String)
        case file(String)
    }

    struct Header: Equatable, Sendable {
        let name: String
        let value: String
    }

    var source = Source.url
    /// What is shot at, or what a scenario's paths begin with.
    var url: String?
    var method: String?
    var headers: [Header] = []
    var body: Body?
    /// What is nil was not said.
    var load = LoadSettings()
    var outputs: [OutputRequest] = []
    var isQuiet = false
    var isColored = true
}
