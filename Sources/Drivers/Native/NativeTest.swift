import ControlPlane
import JSON
import LoadEngine

/// What users of a native cluster do, as a definition says it.
struct NativeTest {
    let scenario: JSONValue?
    let targetsBase64: String?
    let targetURL: String

    private static let scenarioPointer = "/scenario"
    private static let targetsPointer = "/targetsBase64"
    private static let urlPointer = "/targetUrl"

    /// The load that the definition makes of these amounts.
    ///
    /// The run says how many users there are, because that is what its cluster has room for. Only
    /// a closed scenario with stages says it itself, and must then keep to the run's number.
    ///
    /// - Parameter usersMax: the most users that stages may have.
    func plan(_ settings: LoadSettings, usersMax: Int) throws(OrderFault) -> LoadPlan {
        let scenario = try read()
        var settings = settings
        if case .users = scenario.load.stages { settings.users = nil }
        let plan: LoadPlan
        do {
            plan = try scenario.plan(over: settings, baseURL: targetURL)
        } catch {
            throw OrderFault(error, at: planPointer)
        }
        guard plan.model.usersMax > usersMax else { return plan }
        throw Self.stageFault(of: scenario.load, usersMax)
    }

    private static func stageFault(of load: LoadSettings, _ usersMax: Int) -> OrderFault {
        func fault(_ place: String, _ users: Int) -> OrderFault {
            OrderFault(
                "\(scenarioPointer)/load/\(place)",
                "asks for \(users) users, which is above the \(usersMax) of the run")
        }
        guard case .users(let stages) = load.stages,
            let index = stages.firstIndex(where: { $0.users > usersMax })
        else { return fault("users", load.users ?? 0) }
        return fault("stages/\(index)/users", stages[index].users)
    }

    var loadDefaults: LoadDefaults {
        // What is wrong with it is told by `plan`.
        guard scenario != nil || targetsBase64 != nil, let scenario = try? read() else {
            return .init()
        }
        let load = scenario.load
        var users = load.users
        var length = Duration.zero
        switch load.stages {
        case .users(let stages):
            users = stages.map(\.users).reduce(users ?? 0, max)
            length = stages.reduce(.zero) { $0 + $1.duration }
        case .rates(let stages):
            length = stages.reduce(.zero) { $0 + $1.duration }
            users = users ?? Self.users(forRate: stages.map(\.rate).reduce(load.rate ?? 0, max))
        case nil: users = users ?? load.rate.map(Self.users(forRate:))
        }
        let duration = load.duration ?? (length > .zero ? length : nil)
        return LoadDefaults(
            users: users, spawnRate: load.spawnRate, durationSeconds: duration?.inSeconds,
            requestsPerSecond: scenario.requestsPerSecond,
            hosts: scenario.origins.map { TargetHost(host: $0.host, port: $0.port) })
    }

    /// What may be under way at once where arrivals are all that is said: as many as come in a
    /// second, within what a tenant may usually have.
    private static func users(forRate rate: Double) -> Int { Int(min(max(rate, 100), 1000)) }

    private func read() throws(OrderFault) -> Scenario {
        if let scenario {
            do {
                return try Scenario.read(scenario, at: Self.scenarioPointer)
            } catch {
                throw OrderFault(error) { $0 }
            }
        }
        if let targetsBase64 {
            do {
                return try Scenario.targets(base64: targetsBase64)
            } catch {
                // A pointer cannot name a place within a text.
                throw OrderFault(
                    faults: error.problems.map {
                        ScenarioFault(
                            pointer: Self.targetsPointer,
                            message: $0.pointer.isEmpty
                                ? $0.message : "\($0.pointer): \($0.message)")
                    })
            }
        }
        do {
            return try Scenario.single(url: targetURL)
        } catch {
            throw OrderFault(error) { _ in Self.urlPointer }
        }
    }

    /// Where in the definition what is wrong with a plan stands.
    private func planPointer(_ pointer: String) -> String {
        if pointer == "/baseUrl" { return Self.urlPointer }
        guard scenario != nil, !pointer.hasPrefix(Self.scenarioPointer) else { return pointer }
        return Self.scenarioPointer + pointer
    }
}

extension NativeTest {
    init(_ spec: LoadTestSpec) {
        self.init(
            scenario: spec.scenario, targetsBase64: spec.targetsBase64, targetURL: spec.targetUrl)
    }
}

/// An order that means nothing, or more than its run may have.
package struct OrderFault: Error, Equatable, Sendable {
    package let faults: [ScenarioFault]

    /// On one line.
    var text: String {
        faults.map { $0.pointer.isEmpty ? $0.message : "\($0.pointer): \($0.message)" }
            .joined(separator: "; ")
    }
}

extension OrderFault {
    init(_ pointer: String, _ message: String) {
        self.init(faults: [ScenarioFault(pointer: pointer, message: message)])
    }

    /// - Parameter place: gives the pointer into the definition for one into the scenario.
    init(_ error: ScenarioError, at place: (String) -> String) {
        self.init(
            faults: error.problems.map {
                ScenarioFault(pointer: place($0.pointer), message: $0.message)
            })
    }
}
