import Glibc
import JSON

/// Makes, lists and revokes the tokens of a running service.
enum TokenCommand: Command {
    static let name = "token"
    static let summary = "Make, list and revoke tokens of a running service"
    static let operands = "create|list|revoke ID"
    static let flags = [
        Flag(name: "url", value: "URL", summary: "the service (http://127.0.0.1:8080)"),
        Flag(
            name: "token", value: "TOKEN",
            summary: "an admin's; as SWARMKEEPER_TOKEN it is in no list of processes"),
        Flag(name: "json", value: "", summary: "what the service answers", kind: .toggle),
        Flag(name: "name", value: "NAME", summary: "who it is in createdBy", group: create),
        Flag(name: "tenant", value: "ID", summary: "its tenant; also for list", group: create),
        Flag(
            name: "role", value: "ROLE", summary: "viewer, operator, editor or admin",
            group: create),
        Flag(
            name: "env", value: "ID", summary: "its environment, repeatable (all)", kind: .list,
            group: create),
        Flag(name: "description", value: "TEXT", summary: "what it is for", group: create),
        Flag(
            name: "expires-in", value: "TIME", summary: "such as 12h; it never ends by default",
            group: create),
        Flag(
            name: "expires-at", value: "TIME", summary: "such as 2027-01-31T12:00:00Z",
            group: create),
    ]
    static let details = """
        create writes the token to standard output, which is the only time that anybody sees it,
        and what is known of it to standard error:
          CI_TOKEN=$(swarmkeeper token create --name ci --tenant checkout --role operator)
        revoke takes the id that list shows; the token is refused from then on.
        Exits with 0 when it was done, 1 when it was not, 2 for a wrong command line.
        """
    private static let create = "of create"

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            let order = try TokenOrder(arguments)
            let client = try ServiceClient(arguments)
            switch order {
            case .create(let body): try await show(client, created: body, arguments)
            case .list(let tenant): try await list(client, tenant, arguments)
            case .revoke(let id):
                _ = try await client.call("DELETE", "/v1/tokens/\(ServiceClient.encoded(id))")
            }
            return 0
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper token: \(PlainText.of("\(error)"))\n")
            return 1
        }
    }

    private static func show(
        _ client: ServiceClient, created body: JSONValue, _ arguments: Arguments
    ) async throws {
        let answer = try await client.call("POST", "/v1/tokens", body)
        guard let token = answer["token"]?.text else {
            throw ServiceClient.Failure("the answer has no token in it")
        }
        if arguments.isOn("json") { return try ServiceOutput.write(answer) }
        Console.error(
            "token \(answer.shown("name")) (\(answer.shown("id"))), \(answer.shown("role")) of "
                + "\(answer.shownPlace), ends \(answer.shown("expiresAt", else: "never")); it is "
                + "not shown again\n")
        try Descriptor.write(PlainText.of(token) + "\n", to: STDOUT_FILENO)
    }

    private static func list(
        _ client: ServiceClient, _ tenant: String?, _ arguments: Arguments
    ) async throws {
        let items = try await client.items(of: "/v1/tokens", tenant: tenant)
        if arguments.isOn("json") {
            return try ServiceOutput.write(.object(["items": .array(items)]))
        }
        var table = TextTable(Array(repeating: .left, count: 7))
        table.add(["ID", "NAME", "TENANT", "ROLE", "STATE", "EXPIRES", "LAST USED"])
        for item in items {
            table.add([
                item.shown("id"), item.shown("name"), item.shownPlace, item.shown("role"),
                item.shown("state"), item.shown("expiresAt", else: "never"),
                item.shown("lastUsedAt", else: "never"),
            ])
        }
        try Descriptor.write(table.lines.map { $0 + "\n" }.joined(), to: STDOUT_FILENO)
    }
}

/// What `swarmkeeper token` was told to do.
enum TokenOrder: Equatable {
    case create(JSONValue)
    case list(tenant: String?)
    case revoke(String)

    init(_ arguments: Arguments) throws(ArgumentError) {
        switch (arguments.operands.first, arguments.operands.count) {
        case ("create", 1): self = .create(try Self.body(arguments))
        case ("list", 1): self = .list(tenant: arguments["tenant"])
        case ("revoke", 2) where !arguments.operands[1].isEmpty:
            self = .revoke(arguments.operands[1])
        case ("revoke", 1): throw ArgumentError(message: "name the token: revoke ID")
        case (nil, _): throw ArgumentError(message: "say what to do: create, list or revoke")
        case (let word?, 1): throw ArgumentError(message: "\(word) is not create, list or revoke")
        default:
            throw ArgumentError(message: "unexpected \(arguments.operands.last ?? "")")
        }
    }

    /// What is wrong with the values is told by the service.
    private static func body(_ arguments: Arguments) throws(ArgumentError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        let needed = [("name", "name"), ("tenant", "tenantId"), ("role", "role")]
        for (flag, field) in needed {
            guard let text = arguments[flag] else {
                throw ArgumentError(message: "create needs --\(flag)")
            }
            members[field] = .string(text)
        }
        let others = [
            ("description", "description"), ("expires-in", "expiresIn"),
            ("expires-at", "expiresAt"),
        ]
        for (flag, field) in others {
            if let text = arguments[flag] { members[field] = .string(text) }
        }
        let environments = arguments.all("env")
        if !environments.isEmpty { members["envIds"] = .array(environments.map { .string($0) }) }
        return .object(members)
    }
}
