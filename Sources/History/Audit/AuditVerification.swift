import ControlPlane
import Crypto
import SQLite

/// What is wrong with a chain of records, and where.
package struct AuditVerification: Sendable {
    /// Faults named at the most: whoever has broken this many has broken all.
    package static let faultsMax = 100

    /// Records that are there.
    package private(set) var records = 0
    /// How many of them a key has signed.
    package private(set) var signed = 0
    package private(set) var head: AuditHead?
    /// In the order of the records; empty when nothing was removed, changed, put in or moved.
    package private(set) var faults: [String] = []

    package var isSound: Bool { faults.isEmpty }

    private let keys: AuditKeys
    private var last: (number: Int, hash: [UInt8], isSigned: Bool) = (0, AuditTable.root, false)
    private var unknownKeys: Set<String> = []
    /// The hash of a record, kept elsewhere.
    private let kept: String?
    private var hasMetKept = false

    /// Verifies the records in a store's file, live or copied, as they are at one moment.
    ///
    /// - Parameter kept: the hash of an earlier last record, from a log or an export, in lower-case
    ///   digits: without it an end that was cut off together with the file's own note of it is not
    ///   noticed.
    package init(storePath path: String, keys: AuditKeys, kept: String?)
        throws(ControlPlaneError)
    {
        let file = StoreFile(path: path, isWritten: false, fileSystem: nil)
        do {
            try self.init(file.open(), keys: keys, kept: kept)
        } catch {
            throw .store(file.failure(error))
        }
    }

    init(_ connection: Connection, keys: AuditKeys, kept: String?) throws {
        self.keys = keys
        self.kept = kept
        try connection.transaction { try verify(connection) }
    }

    private mutating func verify(_ connection: Connection) throws {
        try connection.forEach(
            "SELECT \(AuditTable.list) FROM audit_records ORDER BY number"
        ) { row in
            let values = try (0...AuditTable.columns.count).map { try row.value($0) }
            check(values)
            return true
        }
        if records == 0 {
            report(
                "there is no record: no service has used this store since records are kept, or "
                    + "all were removed")
        }
        if last.number > 0 { head = AuditHead(number: last.number, hash: Bytes.hex(last.hash)) }
        if keys.current != nil, records > 0, !last.isSigned {
            report("the last record, \(last.number), is not signed with a key")
        }
        try checkEnd(connection)
        checkKept()
    }

    private mutating func report(_ fault: String) {
        if faults.count < Self.faultsMax { faults.append(fault) }
    }

    private mutating func check(_ values: [Value]) {
        let columns = AuditTable.columns.count
        guard case .int(let stored) = values[0] else { return }
        let number = Int(stored)
        records += 1
        let isNext = number == last.number + 1
        if number > last.number + 1 {
            let missing = last.number + 1 == number - 1
            report(
                missing
                    ? "record \(number - 1) is missing"
                    : "records \(last.number + 1) to \(number - 1) are missing")
        } else if !isNext {
            report("record \(number) was put in before the first one")
        }
        let hash: [UInt8] = if case .blob(let bytes) = values[columns] { bytes } else { [] }
        let isSigned = checkHash(hash, of: number, Array(values[..<columns]))
        if isNext, values[columns - 1] != .blob(last.hash) {
            report(
                "record \(number) does not follow record \(number - 1): that one was changed and "
                    + "its hash made anew, or one of them is from another place")
        }
        if kept == Bytes.hex(hash) { hasMetKept = true }
        last = (number, hash, isSigned)
        if isSigned { signed += 1 }
    }

    /// - Returns: whether the record says that a key has signed it.
    private mutating func checkHash(_ hash: [UInt8], of number: Int, _ values: [Value]) -> Bool {
        guard case .text(let id) = values[AuditTable.columns.count - 2] else {
            if last.isSigned {
                report("record \(number) is not signed, although the one before is")
            }
            if AuditKeys.hash(AuditTable.message(of: values), nil) != hash {
                report("record \(number) was changed")
            }
            return false
        }
        guard let key = keys.key(id) else {
            if unknownKeys.insert(id).inserted {
                report("record \(number) is signed with the key \(id), which was not given")
            }
            return true
        }
        if !Bytes.areEqual(AuditKeys.hash(AuditTable.message(of: values), key), hash) {
            report("record \(number) was changed")
        }
        return true
    }

    /// Holds the last record against the file's own note of it.
    private mutating func checkEnd(_ connection: Connection) throws {
        let noted = try connection.first("SELECT number, hash, code FROM audit_head") {
            (number: try $0.int(0), hash: try $0.blob(1), code: try $0.blob(2))
        }
        guard let noted else {
            if records > 0 { report("the note of the last record is missing") }
            return
        }
        if noted.number > last.number {
            report(
                "the end is missing: the last record is \(last.number), and there were "
                    + "\(noted.number)")
        } else if noted.number != last.number || noted.hash != last.hash {
            report(
                "the note of the last record, \(noted.number), is not of record \(last.number): "
                    + "records were added by another program, or changed")
        }
        let message = AuditTable.message(ofHead: noted.number, noted.hash)
        let codes = keys.allAndNone.map { AuditKeys.hash(message, $0) }
        if unknownKeys.isEmpty, !codes.contains(where: { Bytes.areEqual($0, noted.code) }) {
            report("the note of the last record was changed")
        }
    }

    private mutating func checkKept() {
        guard let kept, !hasMetKept else { return }
        report(
            "no record has the hash \(kept) that was kept: the end was cut off behind record "
                + "\(last.number), or the hashes were made anew")
    }
}
