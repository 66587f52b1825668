import Metrics

/// How far the server is behind.
final class ServerMeters: Sendable {
    /// A loop serves hundreds of connections: a tenth of a second is felt by all of them.
    private static let batchMax = Duration.milliseconds(100)
    /// Handlers begin at once where a core is free.
    private static let handlerWaitMax = Duration.milliseconds(500)

    /// How long the loops' batches take, and with it how long what is ready may wait.
    let batches = LagMeter("http.loop", waitMax: batchMax)
    /// From a whole request to the beginning of its handler; its depth are the handlers that run.
    let handlers = LagMeter("http.handlers", waitMax: handlerWaitMax)
    /// Connections beyond the limit: its depth are those in the reserve.
    let reserve = LagMeter("http.reserve", waitMax: .seconds(60))

    func lags() -> [QueueLag] { [batches.lag(), handlers.lag(), reserve.lag()] }
}
