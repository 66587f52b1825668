import ControlPlane
import Foundation
import JSON
import Locust

/// Stops load through a running service, and lets it start again.
enum EmergencyStopCommand: Command {
    static let name = "emergency-stop"
    static let summary = "Stop all load of a service, a tenant or against a host, and keep it away"
    static let operands = "all | tenant ID | host HOST | list | lift ID"
    static let flags = [
        Flag(name: "url", value: "URL", summary: "the service (http://127.0.0.1:8080)"),
        Flag(
            name: "token", value: "TOKEN",
            summary: "an administrator's; better in SWARMKEEPER_TOKEN, unseen by process lists"),
        Flag(name: "reason", value: "TEXT", summary: "told to everybody who is stopped"),
        Flag(
            name: "of-tenant", value: "ID",
            summary: "with host: stop only this tenant's load there"),
        Flag(name: "patience", value: "SECONDS", summary: "how long to try (60)"),
        Flag(name: "ca-file", value: "FILE", summary: "who vouches for the service (PEM)"),
    ]
    static let details = """
        HOST is a name, *.example.org, an address or a range such as 10.0.0.0/8, each also with
        :443 or :8000-8999. When the command returns, all matching runs are stopping, none starts
        until `lift`, and a restart of the service changes nothing of that. A service that does not
        answer is asked again until the time is over; asking twice does no harm. `list` prints one
        stop per line: its id, since when, by whom, what, why.
        Exits with 0 when it is done, 1 when the service refused, 2 for a wrong command line, 3
        when the service could not be reached or could not store it: try again.
        """

    /// What the words after the name ask for.
    enum Task: Equatable {
        case impose([String: JSONValue])
        case list
        case lift(String)

        init(_ words: [String], reason: String?, tenant: String?) throws(ArgumentError) {
            switch (words.first, words.dropFirst().first, words.count) {
            case ("list", _, 1):
                self = .list
            case ("lift", let id?, 2):
                self = .lift(id)
            case ("all", _, 1):
                self = .impose(["scope": .string("all")])
            case ("tenant", let id?, 2):
                self = .impose(["scope": .string("tenant"), "tenantId": .string(id)])
            case ("host", let host?, 2):
                self = .impose(["scope": .string("host"), "host": .string(host)])
            default:
                throw ArgumentError(
                    message: "say what: all, tenant ID, host HOST, list, or lift ID")
            }
            guard case .impose(var body) = self else { return }
            guard let reason, !reason.isEmpty else {
                throw ArgumentError(message: "say why: --reason TEXT")
            }
            body["reason"] = .string(reason)
            if let tenant {
                guard words.first == "host" else {
                    throw ArgumentError(message: "--of-tenant goes with host HOST")
                }
                body["tenantId"] = .string(tenant)
            }
            self = .impose(body)
        }
    }

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            let task = try Task(
                arguments.operands, reason: arguments["reason"], tenant: arguments["of-tenant"])
            guard let token = arguments["token"], !token.isEmpty else {
                throw ArgumentError(message: "no token: set SWARMKEEPER_TOKEN")
            }
            let client = PatientClient(
                service: try ServiceClient(
                    url: arguments["url"], token: token,
                    transport: SocketTransport.shared.with(caFile: arguments["ca-file"])),
                time: SystemTime(),
                patience: .seconds(try arguments.number("patience", in: 1...3600, default: 60)))
            return try await perform(task, client)
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper emergency-stop: \(error)\n")
            return 3
        }
    }

    private static func perform(_ task: Task, _ client: PatientClient)
        async throws(PatientClient.Failure) -> Int32
    {
        let path = "/v1/emergency-stop"
        switch task {
        case .impose(let body):
            let answer = try await client.call("POST", path, .object(body))
            guard answer.status == 201 else { return refused(answer) }
            let runs = answer.body["stoppedRunIds"]?.items?.compactMap(\.text) ?? []
            Console.output(
                "\(answer.body["id"]?.text ?? "")\n"
                    + runs.map { "stopping \($0)\n" }.joined())
        case .list:
            let answer = try await client.call("GET", path)
            guard answer.status == 200 else { return refused(answer) }
            Console.output((answer.body["items"]?.items ?? []).map(line).joined())
        case .lift(let id):
            let encoded =
                id.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(["-"])) ?? ""
            let answer = try await client.call("DELETE", "\(path)/\(encoded)")
            guard answer.status == 204 else { return refused(answer) }
            Console.output("lifted \(id)\n")
        }
        return 0
    }

    private static func line(_ stop: JSONValue) -> String {
        let reach = [
            stop["scope"]?.text == "all" ? "all" : nil,
            stop["tenantId"]?.text.map { "tenant \($0)" }, stop["host"]?.text.map { "host \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
        let parts = [
            stop["id"]?.text, stop["createdAt"]?.text, stop["createdBy"]?.text, reach,
            stop["reason"]?.text,
        ]
        // A reason must not look like another line.
        let text = parts.map { $0 ?? "" }.joined(separator: "  ").unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }
        return text.joined() + "\n"
    }

    private static func refused(_ answer: PatientClient.Answer) -> Int32 {
        let detail = answer.body["detail"]?.text ?? "no detail"
        Console.error("swarmkeeper emergency-stop: \(answer.status) \(detail)\n")
        return 1
    }
}
