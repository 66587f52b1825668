import ControlPlane
import LoadEngine

extension EngineOrder {
    /// What the engine has to run.
    package func plan() throws(OrderFault) -> LoadPlan {
        throw OrderFault(faults: [ScenarioFault(pointer: "/scenario", message: "not yet")])
    }
}

/// An order that means nothing, or more than the run may have.
package struct OrderFault: Error, Equatable, Sendable {
    package let faults: [ScenarioFault]
}
