import Addresses
import ControlPlane
import Synchronization

/// A name service that says what a test wants.
package final class FakeHosts: HostLookup {
    /// What every other name leads to: an address for documentation (RFC 5737).
    package static let usual = "203.0.113.10"

    private let answers: Mutex<[String: [[String]]]>
    private let asked = Mutex<[String]>([])

    /// - Parameter answers: one after the other by name, of which the last one stays; one without
    ///   addresses is none.
    package init(_ answers: [String: [[String]]] = [:]) {
        self.answers = Mutex(answers)
    }

    /// The names that were asked for.
    package var names: [String] { asked.withLock { $0 } }

    package func addresses(of name: String, within limit: Duration)
        async throws(HostLookupFailure) -> [IPAddress]
    {
        asked.withLock { $0.append(name) }
        let texts = answers.withLock { answers in
            guard let own = answers[name], let first = own.first else { return [Self.usual] }
            if own.count > 1 { answers[name] = Array(own.dropFirst()) }
            return first
        }
        guard !texts.isEmpty else { throw HostLookupFailure("no such host") }
        return texts.compactMap { IPAddress($0) }
    }
}

extension StartPolicy {
    /// Allows what the tests shoot at, which is on this machine, beside everything usual.
    package static let loopback: StartPolicy = {
        var policy = StartPolicy()
        policy.allow = ["*", "127.0.0.0/8", "::1"].compactMap { try? TargetPattern($0) }
        return policy
    }()
}

extension TargetRules {
    package static let loopback = TargetRules([
        .init(owner: "tenant t", allow: StartPolicy.loopback.allow)
    ])
}
