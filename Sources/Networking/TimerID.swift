/// Names a timer until it has fired or was cancelled; harmless afterwards.
package struct TimerID: Hashable, Sendable {
    let slot: Int
    let generation: UInt64
}
