import Glibc
import JSON

/// Makes and changes the users of a running service.
enum UserCommand: Command {
    static let name = "user"
    static let summary = "Make, list and disable users of a running service"
    static let operands = "create|list|disable|enable|delete|set-password [USER]"
    static let flags = [
        Flag(name: "url", value: "URL", summary: "the service (http://127.0.0.1:8080)"),
        Flag(
            name: "token", value: "TOKEN",
            summary: "an admin's; as SWARMKEEPER_TOKEN it is in no list of processes"),
        Flag(name: "json", value: "", summary: "what the service answers", kind: .toggle),
        Flag(
            name: "tenant", value: "ID",
            summary: "the user's tenant (a user of all tenants); also for list"),
        Flag(
            name: "role", value: "ROLE",
            summary: "viewer, operator, editor, admin; administrator of all tenants",
            group: create),
        Flag(
            name: "env", value: "ID", summary: "its environment, repeatable (all)", kind: .list,
            group: create),
        Flag(name: "description", value: "TEXT", summary: "who it is", group: create),
    ]
    static let details = """
        USER is a name, with --tenant for a user of a tenant, or an id that list shows. create and
        set-password ask for the password, or take the first line of what is piped to them: there
        is no option for it. The first administrator, with the configuration's apiToken:
          SWARMKEEPER_TOKEN=$SWARMKEEPER_API_TOKEN swarmkeeper user create anna --role administrator
        What is changed acts at once; disable and set-password end the user's sessions.
        Exits with 0 when it was done, 1 when it was not, 2 for a wrong command line.
        """
    private static let create = "of create"

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            let order = try UserOrder(arguments)
            let client = try ServiceClient(arguments)
            switch order {
            case .create(let body): try await make(client, body, arguments)
            case .list: try await list(client, arguments)
            case .act(let action, let user): try await act(client, action, on: user, arguments)
            }
            return 0
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper user: \(PlainText.of("\(error)"))\n")
            return 1
        }
    }

    private static func make(
        _ client: ServiceClient, _ body: [String: JSONValue], _ arguments: Arguments
    ) async throws {
        var body = body
        body["password"] = .string(try PasswordInput.read("password of the new user"))
        try tell("made", try await client.call("POST", "/v1/users", .object(body)), arguments)
    }

    private static func act(
        _ client: ServiceClient, _ action: UserOrder.Action, on user: String,
        _ arguments: Arguments
    ) async throws {
        let found = try await find(user, client, arguments)
        let path = "/v1/users/\(ServiceClient.encoded(found["id"]?.text ?? ""))"
        switch action {
        case .disable, .enable:
            let answer = try await client.call("POST", "\(path)/\(action.rawValue)")
            try tell("\(action.rawValue)d", answer, arguments)
        case .delete:
            _ = try await client.call("DELETE", path)
            try tell("deleted", found, arguments)
        case .setPassword:
            let password = try PasswordInput.read("new password")
            _ = try await client.call(
                "POST", "\(path)/password", .object(["password": .string(password)]))
            try tell("given a new password", found, arguments)
        }
    }

    private static func list(_ client: ServiceClient, _ arguments: Arguments) async throws {
        let items = try await client.items(of: "/v1/users", tenant: arguments["tenant"])
        if arguments.isOn("json") {
            return try ServiceOutput.write(.object(["items": .array(items)]))
        }
        var table = TextTable(Array(repeating: .left, count: 6))
        table.add(["ID", "NAME", "TENANT", "ROLE", "STATE", "LAST LOGIN"])
        for item in items {
            table.add([
                item.shown("id"), item.shown("name"), item.shownPlace, item.shown("role"),
                item.shown("state"), item.shown("lastLoginAt", else: "never"),
            ])
        }
        try Descriptor.write(table.lines.map { $0 + "\n" }.joined(), to: STDOUT_FILENO)
    }

    /// By its id, or by its name in the tenant that was given.
    private static func find(
        _ user: String, _ client: ServiceClient, _ arguments: Arguments
    ) async throws -> JSONValue {
        let found = try await client.items(of: "/v1/users", tenant: arguments["tenant"]).first {
            item in
            item["id"]?.text == user
                || item["name"]?.text == user && item["tenantId"]?.text == arguments["tenant"]
        }
        guard let found else {
            let place = arguments["tenant"].map { "tenant \($0)" } ?? "all tenants (see --tenant)"
            throw ServiceClient.Failure("there is no user \(user) of \(place)")
        }
        return found
    }

    private static func tell(_ what: String, _ user: JSONValue, _ arguments: Arguments) throws {
        if arguments.isOn("json") { return try ServiceOutput.write(user) }
        try Descriptor.write(
            "user \(user.shown("name")) (\(user.shown("id"))), \(user.shown("role")) of "
                + "\(user.shownPlace): \(what)\n", to: STDOUT_FILENO)
    }
}

/// What `swarmkeeper user` was told to do.
enum UserOrder: Equatable {
    enum Action: String, CaseIterable {
        case disable, enable, delete
        case setPassword = "set-password"
    }

    /// The body, but for the password.
    case create([String: JSONValue])
    case list
    case act(Action, String)

    init(_ arguments: Arguments) throws(ArgumentError) {
        let words = arguments.operands
        guard let word = words.first else {
            throw ArgumentError(message: "say what to do: \(Self.words)")
        }
        guard word == "create" || word == "list" || Action(rawValue: word) != nil else {
            throw ArgumentError(message: "\(word) is none of \(Self.words)")
        }
        guard words.count <= (word == "list" ? 1 : 2) else {
            throw ArgumentError(message: "unexpected \(words.last ?? "")")
        }
        if word == "list" {
            self = .list
            return
        }
        guard words.count == 2, !words[1].isEmpty else {
            throw ArgumentError(message: "name the user: \(word) USER")
        }
        if let action = Action(rawValue: word) {
            self = .act(action, words[1])
        } else {
            self = .create(try Self.body(words[1], arguments))
        }
    }

    private static var words: String {
        (["create", "list"] + Action.allCases.map(\.rawValue)).joined(separator: ", ")
    }

    /// What is wrong with the values is told by the service.
    private static func body(_ name: String, _ arguments: Arguments) throws(ArgumentError)
        -> [String: JSONValue]
    {
        guard let role = arguments["role"] else {
            throw ArgumentError(message: "create needs --role")
        }
        var members: [String: JSONValue] = ["name": .string(name), "role": .string(role)]
        for (flag, field) in [("tenant", "tenantId"), ("description", "description")] {
            if let text = arguments[flag] { members[field] = .string(text) }
        }
        let environments = arguments.all("env")
        if !environments.isEmpty { members["envIds"] = .array(environments.map { .string($0) }) }
        return members
    }
}
