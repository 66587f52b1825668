extension Scenario {
    /// What requests are counted as whose name is one too many.
    static let otherEndpoints = EndpointName(method: "*", name: "others")

    /// Resolves everything to numbers and bytes.
    ///
    /// - Parameter base: may be nil only if every request has an origin.
    func program(base: BaseURL?, settings: LoadSettings) -> RequestProgram {
        var endpoints = Numbering<EndpointName>()
        var origins = Numbering<Origin>()
        var plans: [RequestPlan] = []
        plans.reserveCapacity(requests.count)
        for request in requests {
            guard let origin = request.target.origin ?? base?.origin else {
                preconditionFailure("a request with a path needs a base URL")
            }
            var name = request.endpoint
            if endpoints[name] == nil, endpoints.values.count >= ScenarioLimits.endpointsMax - 1 {
                name = Self.otherEndpoints
            }
            plans.append(
                RequestPlan(
                    endpoint: endpoints.number(of: name), origin: origins.number(of: origin),
                    content: request.content(
                        origin: origin, base: base, keepsAlive: settings.keepsAlive ?? true),
                    isHead: request.method == "HEAD",
                    isIdempotent: HTTPMethod.isIdempotent(request.method),
                    timeout: request.timeout ?? settings.timeout ?? LoadSettings.timeoutDefault,
                    expectedStatuses: request.expectedStatuses,
                    inspection: request.inspection.isEmpty ? nil : request.inspection,
                    thinkTime: request.thinkTime))
        }
        return RequestProgram(
            endpoints: endpoints.values, origins: origins.values, requests: plans, flow: flow,
            script: needsScript(plans) ? script : nil)
    }

    private var flow: Flow {
        switch order {
        case .steps: .steps
        case .mix: .mix(WeightedChoice(requests.map(\.weight)))
        case .rotation: .rotation
        }
    }

    /// A list of unique rows ends the load even where no request shows them.
    private func needsScript(_ plans: [RequestPlan]) -> Bool {
        guard script.tables.isEmpty, script.variables.isEmpty else { return true }
        return plans.contains { if case .template = $0.content { true } else { false } }
    }
}

/// Gives numbers from 0 to values, the same number to equal ones.
private struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    subscript(value: Value) -> Int? { numbers[value] }

    mutating func number(of value: Value) -> Int {
        if let number = numbers[value] { return number }
        numbers[value] = values.count
        values.append(value)
        return values.count - 1
    }
}
