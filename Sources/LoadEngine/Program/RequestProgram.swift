/// What a virtual user does, resolved to numbers and bytes before the first request, so that the
/// loop looks up nothing by name.
package struct RequestProgram: Sendable {
    /// Rows of the statistics.
    package let endpoints: [EndpointName]
    package let origins: [Origin]
    package let requests: [RequestPlan]
    package let flow: Flow
    /// What users have to remember; nil where every request is the same bytes each time.
    package let script: Script?

    package init(
        endpoints: [EndpointName], origins: [Origin], requests: [RequestPlan], flow: Flow,
        script: Script? = nil
    ) {
        self.endpoints = endpoints
        self.origins = origins
        self.requests = requests
        self.flow = flow
        self.script = script
    }
}

package struct EndpointName: Hashable, Sendable {
    package let method: String
    package let name: String

    package init(method: String, name: String) {
        self.method = method
        self.name = name
    }
}

/// The order of a user's requests. One pass is an iteration.
package enum Flow: Equatable, Sendable {
    /// All requests, in their order.
    case steps
    /// One request, chosen by weight.
    case mix(WeightedChoice)
    /// One request, the next of a list with each iteration of anybody.
    case rotation
}
