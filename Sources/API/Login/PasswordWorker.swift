import Dispatch

/// Hashes passwords one after the other on a queue of its own: logins take one core and 32 MiB at
/// the most, whoever tries how many, and no thread that answers anything else.
///
/// `AdmissionClass.logins` bounds how many wait here.
package final class PasswordWorker: Sendable {
    let cost: PasswordHash.Cost
    private let queue = DispatchQueue(label: "swarmkeeper.passwords")

    package convenience init() { self.init(cost: .usual) }

    init(cost: PasswordHash.Cost) { self.cost = cost }

    /// Nil when the machine has no randomness or no memory to give.
    func hash(_ password: String) async -> PasswordHash? {
        let cost = cost
        return await run { PasswordHash(of: password, cost: cost) }
    }

    /// - Parameter text: as it is stored; nil for a user that does not exist, which takes the same
    ///   work.
    func matches(_ password: String, _ text: String?) async -> Bool {
        let hash = text.flatMap(PasswordHash.init(text:)) ?? .nobody(cost)
        return await run { hash.matches(password) }
    }

    private func run<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
