import ControlPlane

/// One event, encoded once for all who are told of it.
struct LiveEntry: Sendable {
    enum Audience: Sendable {
        /// Who watches the run, or runs of its environment.
        case run(RunID, EnvironmentKey)
        /// Who watches exactly this: what an event shows may depend on who asks.
        case watchers(LiveEvents.Watch)
    }

    let number: Int
    let audience: Audience
    /// For those who watch the one run; nil where they are not told.
    var narrow: [UInt8]?
    /// For those who watch many.
    var wide: [UInt8]?
    /// Whether nothing more will be told of the run.
    var isEnd = false

    var byteCount: Int { (narrow?.count ?? 0) + (wide?.count ?? 0) }

    /// What somebody with this watch is told; nil for nothing.
    func frame(for watch: LiveEvents.Watch) -> [UInt8]? {
        switch (audience, watch) {
        case (.run(let run, let environment), _) where watch.covers(run, in: environment):
            if case .run = watch { narrow } else { wide }
        case (.watchers(let audience), _) where audience == watch: wide
        default: nil
        }
    }
}
