/// What a master or one of its workers says it is doing.
package enum RunnerState: Hashable, Sendable {
    /// A fresh master, an idle worker, or a load shape that waits for its first worker.
    case ready
    /// A ramp, up or down, is in progress.
    case spawning
    /// The ramp is over. A test with zero users runs as well.
    case running
    /// `/stop` waits for users to go. A worker that died unnoticed keeps a master here for 65 s.
    case stopping
    /// After a stop, a time limit, the loss of all workers or the end of a shape: they look alike.
    case stopped
    /// A standalone process during `/stop` with `--stop-timeout`; a master never shows it.
    case cleanup
    /// A worker whose heartbeats stopped, or a web page without a runner behind it.
    case missing
    /// A state that this client does not know, as the master wrote it.
    case unknown(String)

    init(_ text: String) {
        self =
            switch text {
            case "ready": .ready
            case "spawning": .spawning
            case "running": .running
            case "stopping": .stopping
            case "stopped": .stopped
            case "cleanup": .cleanup
            case "missing": .missing
            default: .unknown(text)
            }
    }
}
