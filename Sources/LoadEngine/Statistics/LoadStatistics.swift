import Metrics

/// Everything that was counted over some stretch of time.
package struct LoadStatistics: Sendable {
    /// By the indices of `RequestProgram.endpoints`.
    package internal(set) var endpoints: [EndpointStatistics]
    package internal(set) var transport = TransportStatistics()

    package init(endpointCount: Int) {
        endpoints = [EndpointStatistics](repeating: .init(), count: endpointCount)
    }

    package mutating func merge(_ other: LoadStatistics) {
        for index in endpoints.indices { endpoints[index].merge(other.endpoints[index]) }
        transport.merge(other.transport)
    }

    /// All endpoints as one.
    package var total: EndpointStatistics {
        var total = EndpointStatistics()
        for endpoint in endpoints { total.merge(endpoint) }
        return total
    }
}
