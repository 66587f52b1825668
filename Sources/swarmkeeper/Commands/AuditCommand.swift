import API
import ControlPlane
import Foundation
import History

/// Verifies and exports the records of what was done, without a service.
enum AuditCommand: Command {
    static let name = "audit"
    static let summary = "Verify or export the records of who did what"
    static let operands = "verify|export"
    static let flags = [
        Flag(name: "config", value: "FILE", summary: "configuration (config/swarmkeeper.yaml)"),
        Flag(
            name: "store", value: "FILE",
            summary: "the store, live or copied, instead of the configuration's"),
        Flag(
            name: "head", value: "HASH",
            summary: "verify: the hash of a record, kept from a log (\"audit head\") or an export"),
        Flag(name: "format", value: "ndjson|csv", summary: "export: how (ndjson)"),
        Flag(name: "tenant", value: "ID", summary: "export: of this tenant alone"),
        Flag(name: "from", value: "TIME", summary: "export: from this time on (RFC 3339)"),
        Flag(name: "to", value: "TIME", summary: "export: before this time"),
    ]
    static let details = """
        verify names every record that was removed, changed, moved or put in, and an end that was
        cut off. Whoever can write the file can also make all hashes anew: that shows with the
        audit.key of the configuration, or with a --head that was kept elsewhere. With --store, the
        configuration is read for its keys only when --config names it.

        export prints the records to standard output, oldest first.
        Exits with 0, 1 when something was found or the store cannot be read, 2 for a wrong command
        line.
        """

    static func run(_ arguments: Arguments, environment: [String: String]) async -> Int32 {
        do {
            guard arguments.operands.count == 1 else {
                throw ArgumentError(message: "say verify or export")
            }
            let source = try AuditSource(arguments, environment)
            switch arguments.operands[0] {
            case "verify": return try verify(source, arguments)
            case "export": return try export(source, arguments)
            case let other: throw ArgumentError(message: "say verify or export, not \(other)")
            }
        } catch let error as ArgumentError {
            return refuse(error.message)
        } catch {
            Console.error("swarmkeeper audit: \(error)\n")
            return 1
        }
    }

    private static func verify(_ source: AuditSource, _ arguments: Arguments) throws -> Int32 {
        let kept = try arguments["head"].map { try hash($0) }
        let found = try AuditVerification(
            storePath: source.storePath, keys: source.keys, kept: kept)
        for fault in found.faults { Console.error("\(source.storePath): \(fault)\n") }
        if found.faults.count == AuditVerification.faultsMax { Console.error("and more\n") }
        let head = found.head.map { ", the last one is \($0)" } ?? ""
        let verdict = found.isSound ? "sound" : "NOT sound"
        Console.output(
            "\(source.storePath): \(found.records) records, \(found.signed) signed, "
                + "\(verdict)\(head)\n")
        return found.isSound ? 0 : 1
    }

    private static func hash(_ text: String) throws(ArgumentError) -> String {
        let hash = text.split(separator: ":").last.map { $0.lowercased() } ?? ""
        guard hash.utf8.count == 64, hash.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            throw ArgumentError(message: "--head is a hash of 64 hexadecimal digits")
        }
        return hash
    }

    private static func export(_ source: AuditSource, _ arguments: Arguments) throws -> Int32 {
        guard let format = AuditText.Format(rawValue: arguments["format"] ?? "ndjson") else {
            throw ArgumentError(message: "--format must be ndjson or csv")
        }
        let scope: Scope = arguments["tenant"].map { .tenant($0) } ?? .everything
        var query = AuditQuery(scope: scope, limit: AuditQuery.exportMax)
        query.isNewestFirst = false
        query.from = try time("from", arguments)
        query.to = try time("to", arguments)
        let archive = try AuditArchive(storePath: source.storePath)
        Console.output(AuditText.head(format))
        while true {
            let records = try archive.records(query)
            for record in records {
                Console.output(AuditText.line(record, format, in: scope))
            }
            guard records.count == query.limit, let last = records.last else { return 0 }
            query.after = scope.tenantID == nil ? last.number : last.tenantNumber
        }
    }

    private static func time(_ name: String, _ arguments: Arguments) throws(ArgumentError) -> Date?
    {
        guard let text = arguments[name] else { return nil }
        guard let date = AuditText.time(text) else {
            throw ArgumentError(
                message: "--\(name) must be a time such as 2026-11-21T18:00:00Z, not \(text)")
        }
        return date
    }
}

/// Where the records are, and with which keys they may be signed.
private struct AuditSource {
    let storePath: String
    let keys: AuditKeys

    init(_ arguments: Arguments, _ environment: [String: String]) throws {
        if let path = arguments["store"], arguments["config"] == nil {
            (storePath, keys) = (path, AuditKeys())
            return
        }
        let configuration = try ConfigurationFile.read(
            arguments["config"] ?? "config/swarmkeeper.yaml", environment: environment)
        storePath = arguments["store"] ?? configuration.storagePath
        keys = configuration.audit.keys
    }
}
