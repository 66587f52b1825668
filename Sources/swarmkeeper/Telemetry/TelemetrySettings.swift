/// Where figures are sent, by OTLP over HTTP in JSON.
struct TelemetrySettings: Equatable, Sendable {
    struct Header: Equatable, Sendable {
        let name: String
        let value: String
    }

    /// What the exporter says itself.
    static let ownHeaders: Set = [
        "host", "content-type", "content-length", "content-encoding", "connection",
        "transfer-encoding", "user-agent",
    ]

    /// Base URL of the collector, or one that ends in `/v1/metrics`.
    var endpoint: String
    var interval = Duration.seconds(15)
    /// Usually secret.
    var headers: [Header] = []
    /// Certificates, in PEM, that the collector's must be signed by; nil takes the system's.
    var authorityFile: String?
}
