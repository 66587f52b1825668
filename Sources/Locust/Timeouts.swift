extension LocustMaster {
    /// How long a call may take as a whole, from the name lookup to the last byte.
    package struct Timeouts: Equatable, Sendable {
        /// For everything but a stop. A master answers in milliseconds, and in seconds when its
        /// machine is overloaded.
        package var call: Duration
        /// `/stop` answers when the last user is gone, or gives up 60 s after the workers' grace.
        package var stop: Duration

        /// - Parameter stopTimeout: the masters' `--stop-timeout`, the grace for running tasks.
        package init(call: Duration = .seconds(10), stopTimeout: Duration = .zero) {
            self.call = call
            stop = .seconds(60) + stopTimeout + .seconds(10)
        }
    }
}
