import Foundation

/// A time in which no run is started: once, or every week.
package struct FreezeWindow: Equatable, Sendable {
    package enum Times: Equatable, Sendable {
        case once(from: Date, to: Date)
        case weekly(WeeklyTimes)
    }

    package let name: String
    package let times: Times
    /// Whether runs that go on are stopped when it begins.
    package let stopsRuns: Bool

    package init(name: String, times: Times, stopsRuns: Bool = false) {
        self.name = name
        self.times = times
        self.stopsRuns = stopsRuns
    }

    /// When the window ends that `now` is in; nil outside of it.
    package func end(at now: Date) -> Date? {
        switch times {
        case .once(let from, let to): from <= now && now < to ? to : nil
        case .weekly(let weekly): weekly.end(at: now)
        }
    }
}

/// A window that somebody is in.
package struct Freeze: Equatable, Sendable {
    /// Whose it is, such as `tenant red`.
    package let owner: String
    package let window: FreezeWindow
    package let end: Date
}

extension Freeze: CustomStringConvertible {
    package var description: String {
        "freeze window \(window.name) of \(owner), until \(end.ISO8601Format())"
    }
}

extension Catalog {
    /// The windows that an environment, or its tenant, is in; the one that ends last comes first.
    package func freezes(of key: EnvironmentKey, at now: Date) -> [Freeze] {
        guard let tenant = tenant(key.tenantID) else { return [] }
        let own = tenant.environmentPolicies[key.envID]?.freezes ?? []
        let windows =
            tenant.policy.freezes.map { ("tenant \(tenant.id)", $0) }
            + own.map { ("environment \(key.envID)", $0) }
        return windows.compactMap { owner, window in
            window.end(at: now).map { Freeze(owner: owner, window: window, end: $0) }
        }.sorted { $0.end > $1.end }
    }
}
