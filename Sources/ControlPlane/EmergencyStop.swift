import Addresses
import Foundation

/// An order that all load of one kind ends at once and none begins until it is lifted.
package struct EmergencyStop: Equatable, Sendable, Codable {
    package enum Reach: String, CaseIterable, Sendable, Codable {
        case all
        /// One tenant's.
        case tenant
        /// What is sent to some hosts or addresses; of one tenant where it names one.
        case host
    }

    package static let reasonLengthMax = 300
    package static let hostLengthMax = 300
    /// Of those that hold at one time: each is looked at with every start.
    package static let countMax = 1_000

    /// A UUID in lower case.
    package let id: String
    package let reach: Reach
    package let tenantID: String?
    /// A `TargetPattern`, with `Reach.host`.
    package let host: String?
    package let reason: String
    /// Whether a service-wide administrator gave it: a tenant's own cannot lift it then.
    package let isServiceWide: Bool
    package let createdAt: Date
    package let createdBy: String

    package init(
        id: String, reach: Reach, tenantID: String? = nil, host: TargetPattern? = nil,
        reason: String, isServiceWide: Bool, createdAt: Date, createdBy: String
    ) {
        self.id = id
        self.reach = reach
        self.tenantID = tenantID
        self.host = host?.description
        self.reason = reason
        self.isServiceWide = isServiceWide
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    /// Whether this is about load of a tenant against one of these servers.
    ///
    /// - Parameter servers: with the addresses that are known of each.
    package func concerns(tenant: String, _ servers: [CheckedServer]) -> Bool {
        guard tenantID == nil || tenantID == tenant else { return false }
        switch reach {
        case .all, .tenant: return true
        case .host:
            // One that is stored was read when it was given.
            guard let host, let pattern = try? TargetPattern(host) else { return false }
            return servers.contains { pattern.matches($0.server, at: $0.addresses) }
        }
    }

    /// Whether it stops the same as `other`, for as long as it holds.
    func isSame(as other: EmergencyStop) -> Bool {
        (reach, tenantID, host, isServiceWide)
            == (other.reach, other.tenantID, other.host, other.isServiceWide)
    }

    /// Whether somebody with this scope may know of it: it is about all tenants, or about theirs.
    package func isVisible(in scope: Scope) -> Bool {
        tenantID.map { scope.knows(tenant: $0) } ?? true
    }

    package func mayBeLifted(in scope: Scope) -> Bool {
        scope == .everything || (!isServiceWide && scope == tenantID.map { .tenant($0) })
    }
}

extension EmergencyStop: CustomStringConvertible {
    package var description: String { "emergency stop by \(createdBy): \(reason)" }
}

/// A server with the addresses that its name had when it was looked up; none where it was not.
package struct CheckedServer: Equatable, Sendable {
    package let server: TargetServer
    package let addresses: [IPAddress]

    package init(_ server: TargetServer, addresses: [IPAddress] = []) {
        self.server = server
        self.addresses = addresses
    }
}

/// The port to stored emergency stops.
package protocol EmergencyStopStore: Sendable {
    /// Stores one, durably; nothing happens when it is stored already.
    func insert(_ stop: EmergencyStop) async throws(ControlPlaneError)

    /// Notes that it holds no longer, and by whose word.
    func lift(_ id: String, at now: Date, by actor: String) async throws(ControlPlaneError)

    /// Those that hold, oldest first.
    func emergencyStops() async throws(ControlPlaneError) -> [EmergencyStop]
}
