import Foundation
import JSON

/// A definition that is kept beside the code: the fields of `POST /v1/load-tests`, in YAML or JSON.
/// Instead of a `scenario` it may name a `scenarioFile`, and instead of `targetsBase64` a
/// `targetsFile`, both from its own folder.
struct LoadTestFile {
    private static let bytesMax = 1_048_576

    /// As the service takes it.
    private(set) var members: [String: JSONValue]
    private let document: DocumentFile
    private var scenario: DocumentFile?
    private var hasTargetsFile = false
    /// Which values come from flags instead.
    private var flags: [String: String] = [:]

    var name: String { members["name"]?.text ?? "" }
    var tenantID: String { members["tenantId"]?.text ?? "" }
    var environmentID: String { members["envId"]?.text ?? "" }

    /// - Parameters:
    ///   - tenant: instead of the file's; likewise the environment.
    init(_ path: String, tenant: String? = nil, environment: String? = nil)
        throws(JobFailure)
    {
        let bytes = try Self.read(path)
        do throws(DocumentFile.Finding) {
            document = try DocumentFile(bytes, name: path == "-" ? TextFile.name(of: path) : path)
        } catch {
            throw .invalid("\(path) cannot be understood", [error])
        }
        guard let read = document.value.members else {
            throw .invalid(
                "\(path) is no definition",
                document.findings([
                    .init(pointer: "", message: "expected keys with values, such as name: ...")
                ]))
        }
        members = read
        if let tenant {
            members["tenantId"] = .string(tenant)
            flags["/tenantId"] = "--tenant"
        }
        if let environment {
            members["envId"] = .string(environment)
            flags["/envId"] = "--env"
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        try readScenario(in: folder)
        try readTargets(in: folder)
        try checkPlace(path)
    }

    private static func read(_ path: String) throws(JobFailure) -> [UInt8] {
        do throws(TextFile.Failure) {
            return try TextFile.read(path, bytesMax: bytesMax)
        } catch {
            throw .invalid(error.description)
        }
    }

    private mutating func readScenario(in folder: String) throws(JobFailure) {
        guard let path = try named("scenarioFile", in: folder, insteadOf: "scenario") else {
            return
        }
        let bytes = try Self.read(path)
        do throws(DocumentFile.Finding) {
            let file = try DocumentFile(bytes, name: path)
            members["scenario"] = file.value
            scenario = file
        } catch {
            throw .invalid("\(path) cannot be understood", [error])
        }
    }

    private mutating func readTargets(in folder: String) throws(JobFailure) {
        guard let path = try named("targetsFile", in: folder, insteadOf: "targetsBase64") else {
            return
        }
        members["targetsBase64"] = .string(Data(try Self.read(path)).base64EncodedString())
        hasTargetsFile = true
    }

    /// The path that a member names, which the service shall not see.
    ///
    /// - Parameter folder: with a slash at its end, or empty.
    private mutating func named(_ member: String, in folder: String, insteadOf other: String)
        throws(JobFailure) -> String?
    {
        guard let value = members.removeValue(forKey: member), value != .null else { return nil }
        guard let name = value.text, !name.isEmpty else {
            throw mistake("/\(member)", "must be the name of a file")
        }
        guard members[other] ?? .null == .null else {
            throw mistake("/\(member)", "does not go with \(other)")
        }
        return name.hasPrefix("/") ? name : folder + name
    }

    private func mistake(_ pointer: String, _ message: String) -> JobFailure {
        .invalid(
            "\(document.name) is no definition",
            document.findings([.init(pointer: pointer, message: "\(pointer) \(message)")]))
    }

    /// By these the load test is found; the rest is checked by the service, which knows more.
    private func checkPlace(_ path: String) throws(JobFailure) {
        for name in ["name", "tenantId", "envId"] {
            guard members[name]?.text?.isEmpty == false else {
                let isThere = members[name] ?? .null != .null
                throw mistake("/\(name)", isThere ? "must be a text" : "is required")
            }
        }
    }

    /// What the service found wrong with the definition, at its places.
    func findings(_ mistakes: [DocumentFile.Mistake]) -> [DocumentFile.Finding] {
        var flagged: [DocumentFile.Finding] = []
        var (own, inScenario): ([DocumentFile.Mistake], [DocumentFile.Mistake]) = ([], [])
        for mistake in mistakes {
            var told = mistake
            told.message = "\(mistake.pointer) \(mistake.message)"
            if let flag = flags[mistake.pointer] {
                flagged.append(.init(file: flag, position: nil, message: mistake.message))
            } else if scenario != nil, mistake.pointer.hasPrefix("/scenario") {
                told.pointer = String(mistake.pointer.dropFirst("/scenario".count))
                inScenario.append(told)
            } else {
                if hasTargetsFile, mistake.pointer == "/targetsBase64" {
                    told.pointer = "/targetsFile"
                }
                own.append(told)
            }
        }
        return flagged + document.findings(own) + (scenario?.findings(inScenario) ?? [])
    }
}
