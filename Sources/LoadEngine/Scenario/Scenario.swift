/// What users do, and how much load they are to make: a document that people write, checked and
/// resolved so far that every request can be made.
package struct Scenario: Equatable, Sendable {
    package enum Order: Equatable, Sendable {
        /// One after the other, for each user.
        case steps
        /// By weight.
        case mix
        /// One after the other over all users, as lists of targets are.
        case rotation
    }

    package var name: String?
    /// The origin, and the beginning of the path, of requests that have only a path.
    package var baseURL: String?
    /// What the scenario itself says about the load.
    package var load: LoadSettings
    package let order: Order
    /// Requests in their order, as name and method.
    package var endpoints: [EndpointName] { requests.map(\.endpoint) }
    /// Whether some request has only a path, so that there must be a base URL.
    package var needsBaseURL: Bool { requests.contains { $0.target.origin == nil } }

    let script: Script
    let requests: [ScenarioRequest]

    init(
        name: String? = nil, baseURL: String? = nil, load: LoadSettings = .init(), order: Order,
        script: Script = .init(), requests: [ScenarioRequest]
    ) {
        self.name = name
        self.baseURL = baseURL
        self.load = load
        self.order = order
        self.script = script
        self.requests = requests
    }
}

/// A request of a scenario.
struct ScenarioRequest: Equatable, Sendable {
    /// Its place in the document.
    let pointer: String
    /// Its line in a text that knows no pointers.
    var line: Int?
    /// What it is counted as.
    let endpoint: EndpointName
    let method: String
    let target: ScenarioTarget
    /// Those of the whole scenario included.
    var headers: [ScenarioHeader] = []
    /// Nil for no body.
    var body: TextTemplate?
    /// Whether the values in the body stand in strings of JSON.
    var isJSON = false
    var weight = 1.0
    /// Nil for the one of the load.
    var timeout: Duration?
    var thinkTime: ThinkTime?
    var expectedStatuses = StatusSet.successes
    var inspection = Inspection()
}

struct ScenarioHeader: Equatable, Sendable {
    let name: String
    let value: TextTemplate

    func isCalled(_ other: String) -> Bool {
        name.utf8.elementsEqual(other.utf8) { $0.lowercased == $1.lowercased }
    }
}
