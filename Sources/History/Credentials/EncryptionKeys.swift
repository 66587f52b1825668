import Crypto

/// The keys for what is encrypted in the store.
package struct EncryptionKeys: Equatable, Sendable {
    /// Seals from now on; nil seals nothing.
    let current: SealingKey?
    private let all: [SealingKey]

    /// - Parameter previous: open what was sealed with them until it is sealed anew.
    package init(_ current: SealingKey? = nil, previous: [SealingKey] = []) {
        self.current = current
        all = (current.map { [$0] } ?? []) + previous
    }

    func key(_ id: String) -> SealingKey? { all.first { $0.id == id } }
}
