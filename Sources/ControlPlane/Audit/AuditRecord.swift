/// An entry with its place in the chain.
package struct AuditRecord: Equatable, Sendable {
    /// From 1 without gaps, in the order in which they were stored.
    package let number: Int
    /// The same among the records of its tenant; nil for a record of the whole service.
    package let tenantNumber: Int?
    package let entry: AuditEntry
    /// Over the record and the hash of the one before, in hexadecimal digits.
    package let hash: String

    package init(number: Int, tenantNumber: Int?, entry: AuditEntry, hash: String) {
        self.number = number
        self.tenantNumber = tenantNumber
        self.entry = entry
        self.hash = hash
    }
}

/// The last record of the chain. Whoever keeps it elsewhere finds out when the end is cut off.
package struct AuditHead: Equatable, Sendable, CustomStringConvertible {
    package let number: Int
    /// In lower-case hexadecimal digits.
    package let hash: String

    package init(number: Int, hash: String) {
        self.number = number
        self.hash = hash
    }

    package var description: String { "\(number):\(hash)" }
}
