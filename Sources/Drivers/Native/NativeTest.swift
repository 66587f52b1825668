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
    /// - Parameter usersMax: the most users that stages may have; nil asks for a plan that is only
    ///   to be looked at.
    func plan(_ settings: LoadSettings, usersMax: Int?) throws(OrderFault) -> LoadPlan {
        let scenario = try read()
        var settings = settings
        if case .users = scenario.load.stages { settings.users = nil }
        let plan: LoadPlan
        do {
            plan = try scenario.plan(over: settings, baseURL: targetURL)
        } catch {
            throw OrderFault(error, at: planPointer)
        }
        if let usersMax, plan.model.usersMax > usersMax {
            throw OrderFault(
                "/scenario/load/stages",
                "has stages of up to \(plan.model.usersMax) users, the run has \(usersMax)")
        }
        return plan
    }

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
