import ControlPlane
import Foundation
import SQLite
import TestSupport
import Testing

@testable import History

/// What somebody who can write the file may do to the records, and what is found of it.
struct AuditTamperingTests {
    static let key = AuditKeys(String(repeating: "k", count: 32))
    static let keyed = [AuditKeys(), key]

    @Test(arguments: keyed) func `an untouched chain is sound`(keys: AuditKeys) async throws {
        let store = try await TamperedStore(keys: keys)
        let found = try store.verified()
        #expect(found.faults == [])
        #expect(found.records == 6)
        #expect(found.signed == (keys.current == nil ? 0 : 6))
        #expect(try await store.home.store.auditHead() == found.head)
        #expect(try store.verified(keeping: found.head?.hash).isSound)
        #expect(try AuditVerification(storePath: store.home.path, keys: keys, kept: nil).isSound)
    }

    @Test(arguments: keyed, 1...6)
    func `a change of any column of any record is found`(keys: AuditKeys, number: Int)
        async throws
    {
        let store = try await TamperedStore(keys: keys)
        let values = try store.values(of: number)
        for (column, value) in zip(AuditTable.columns + ["hash"], values) where column != "number" {
            for other in Self.others(than: value, in: column) {
                let faults = try store.faults {
                    try store.connection.run(
                        "UPDATE audit_records SET \(column) = ? WHERE number = ?",
                        [other, .int(number)])
                }
                let names = column == "key_id" ? ["record \(number) "] : ["record \(number) was"]
                #expect(
                    names.contains { name in faults.contains { $0.contains(name) } },
                    "\(column) of \(number): \(faults)")
            }
        }
    }

    private static func others(than value: Value, in column: String) -> [Value] {
        let isRequired: Set = [
            "time", "count", "actor_kind", "actor", "address", "request_id", "action", "outcome",
            "detail", "previous_hash", "hash",
        ]
        let nothing: [Value] = isRequired.contains(column) ? [] : [.null]
        switch value {
        case .null:
            return ["tenant_number", "until", "status"].contains(column) ? [.int(1)] : [.text("")]
        case .int(let number): return [.int(number + 1), .int(-number - 1)] + nothing
        case .text(let text):
            return [.text(text + " "), .text("")].filter { $0 != value } + nothing
        case .blob(let bytes):
            var flipped = bytes
            flipped[31] ^= 1
            return [.blob(flipped), .blob([])]
        case .double: return []
        }
    }

    @Test(arguments: keyed, 1...6)
    func `a removed record is named`(keys: AuditKeys, number: Int) async throws {
        let store = try await TamperedStore(keys: keys)
        let faults = try store.faults {
            try store.connection.run(
                "DELETE FROM audit_records WHERE number = ?", [.int(number)])
        }
        let expected =
            number == 6
            ? "the end is missing: the last record is 5, and there were 6"
            : "record \(number) is missing"
        #expect(faults.first == expected)
    }

    @Test func `a trail that was removed as a whole is missed`() async throws {
        let store = try await TamperedStore()
        let faults = try store.faults {
            try store.connection.execute("DELETE FROM audit_records; DELETE FROM audit_head")
        }
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("there is no record"))
    }

    @Test func `a gap that was closed by new numbers is found`() async throws {
        let store = try await TamperedStore()
        let faults = try store.faults {
            try store.connection.execute(
                """
                DELETE FROM audit_records WHERE number = 3;
                UPDATE audit_records SET number = number - 1 WHERE number > 3;
                UPDATE audit_head SET number = 5;
                """)
        }
        #expect(faults.contains("record 3 was changed"))
    }

    @Test(arguments: 1...6, 1...6)
    func `records that changed places are found`(first: Int, second: Int) async throws {
        guard first < second else { return }
        let store = try await TamperedStore()
        let faults = try store.faults {
            try store.connection.execute(
                """
                UPDATE audit_records SET number = 100, tenant_number = NULL WHERE number = \(first);
                UPDATE audit_records SET number = \(first) WHERE number = \(second);
                UPDATE audit_records SET number = \(second) WHERE number = 100;
                """)
        }
        #expect(faults.contains("record \(first) was changed"))
        #expect(faults.contains("record \(second) was changed"))
    }

    @Test(arguments: [-1, 0, 7, 9])
    func `a record that was put in is found`(number: Int) async throws {
        let store = try await TamperedStore()
        let faults = try store.faults {
            var values = try store.values(of: 5)
            (values[0], values[1]) = (.int(number), .int(99))
            try store.forge(values)
        }
        #expect(faults.contains { $0.contains("\(number)") }, "\(faults)")
    }

    @Test(arguments: keyed)
    func `an end that was cut off together with its note is found by a head that was kept`(
        keys: AuditKeys
    ) async throws {
        let store = try await TamperedStore(keys: keys)
        let head = try #require(try store.verified().head?.hash)
        let old = try #require(
            try store.connection.first("SELECT hash FROM audit_records WHERE number = 4") {
                try $0.blob(0)
            })
        let code = AuditKeys.hash(AuditTable.message(ofHead: 4, old), keys.current)
        let faults = try store.faults(keeping: head) {
            try store.connection.execute("DELETE FROM audit_records WHERE number > 4")
            try store.connection.run(
                "UPDATE audit_head SET number = 4, hash = ?, code = ?", [.blob(old), .blob(code)])
        }
        #expect(
            faults == [
                "no record has the hash \(head) that was kept: the end was cut off behind record "
                    + "4, or the hashes were made anew"
            ])
    }

    /// Whoever knows no key can make all hashes anew where there is none; not where there is one.
    @Test(arguments: keyed)
    func `hashes that were made anew are found by the next record, the key, or the kept head`(
        keys: AuditKeys
    ) async throws {
        let store = try await TamperedStore(keys: keys)
        let head = try #require(try store.verified().head?.hash)
        let one = try store.faults {
            var values = try store.values(of: 2)
            values[6] = .text("somebody else")
            try store.forge(values)
        }
        #expect(one.contains { $0.hasPrefix(keys.current == nil ? "record 3 does" : "record 2 ") })
        let all = try store.faults(keeping: head) {
            var previous = AuditTable.root
            for number in 1...6 {
                var values = try store.values(of: number)
                if number == 2 { values[6] = .text("somebody else") }
                values[AuditTable.columns.count - 1] = .blob(previous)
                values[AuditTable.columns.count - 2] = .null
                try store.forge(values)
                guard case .blob(let hash) = try store.values(of: number).last else { return }
                previous = hash
            }
            try store.connection.run(
                "UPDATE audit_head SET hash = ?, code = ?",
                [
                    .blob(previous),
                    .blob(AuditKeys.hash(AuditTable.message(ofHead: 6, previous), nil)),
                ])
        }
        var expected = [
            "no record has the hash \(head) that was kept: the end was cut off behind record 6, "
                + "or the hashes were made anew"
        ]
        if keys.current != nil {
            expected =
                [
                    "the last record, 6, is not signed with a key",
                    "the note of the last record was changed",
                ] + expected
        }
        #expect(all == expected)
    }

    @Test(arguments: ["number", "hash", "code"])
    func `a change of the note of the last record is found`(column: String) async throws {
        let store = try await TamperedStore()
        let value = column == "number" ? "5" : "x'\(String(repeating: "0", count: 64))'"
        #expect(
            try !store.faults {
                try store.connection.execute("UPDATE audit_head SET \(column) = \(value)")
            }.isEmpty)
        #expect(
            try store.faults { try store.connection.execute("DELETE FROM audit_head") }
                == ["the note of the last record is missing"])
    }

    @Test func `records of a key that is not given are not taken for sound`() async throws {
        let store = try await TamperedStore(keys: Self.key)
        let id = try #require(Self.key.current?.id)
        for keys in [AuditKeys(), AuditKeys(String(repeating: "z", count: 32))] {
            let faults = try store.verified(with: keys).faults
            #expect(faults == ["record 1 is signed with the key \(id), which was not given"])
        }
    }

    @Test func `old records are verified with the key of their time`() async throws {
        let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
        let home = try StoreFolder()
        try await home.store.append([.sample()])
        for keys in [AuditKeys(old), AuditKeys(new, previous: [old])] {
            let store = try HistoryStore(path: home.path, logger: .quiet, auditKeys: keys)
            try await store.append([.sample()])
            await store.close()
        }
        let keys = AuditKeys(new, previous: [old])
        let found = try AuditVerification(storePath: home.path, keys: keys, kept: nil)
        #expect(found.faults == [])
        #expect((found.records, found.signed) == (3, 2))
        // A service whose key was taken away goes on, and that shows.
        try await home.store.append([.sample()])
        let unsigned = try AuditVerification(storePath: home.path, keys: keys, kept: nil)
        #expect(
            unsigned.faults.contains("record 4 is not signed, although the one before is"))
    }

    /// Any change of any bytes of the table that leaves it readable.
    @Test func `no change that a seeded vandal makes goes unnoticed`() async throws {
        let store = try await TamperedStore(keys: Self.key)
        let before = try (1...6).map { try store.values(of: $0) }
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var isChanged = true
            let faults = try store.faults {
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    try vandalize(store, &random)
                }
                let after = try (1...6).map { try store.values(of: $0) }
                let count = try store.connection.first("SELECT count(*) FROM audit_records") {
                    try $0.int(0)
                }
                isChanged = after != before || count != 6
            }
            #expect(faults.isEmpty == !isChanged, "seed \(seed): \(faults)")
        }
    }

    private func vandalize(_ store: TamperedStore, _ random: inout SeededGenerator) throws {
        let number = Int.random(in: 1...6, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            try store.connection.run("DELETE FROM audit_records WHERE number = ?", [.int(number)])
        case 1:
            var values = try store.values(of: number)
            guard !values.isEmpty else { return }
            (values[0], values[1]) = (.int(Int.random(in: -2...9, using: &random)), .null)
            try store.forge(values)
        default:
            let columns = AuditTable.columns.dropFirst(2) + ["hash"]
            let column = random.pick(Array(columns))
            let donor = Int.random(in: 1...6, using: &random)
            let value = try store.connection.first(
                "SELECT \(column) FROM audit_records WHERE number = ?", [.int(donor)]
            ) { try $0.value(0) }
            guard let value else { return }
            try store.connection.run(
                "UPDATE OR IGNORE audit_records SET \(column) = ? WHERE number = ?",
                [value, .int(number)])
        }
    }
}
