/// One step of the schema. Once released, it is never edited: what it did is corrected by the next.
package struct Migration: Sendable {
    /// Counts from 1, without gaps.
    package let number: Int
    /// What it does, in a few words, for people who look into the file.
    package let name: String
    /// A script without transaction statements.
    package let sql: String

    package init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// FNV-1a of the script: made to notice an edit, not to withstand an attacker.
    var checksum: String {
        let hash = sql.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        return String(hash, radix: 16)
    }
}
