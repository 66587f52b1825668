import Metrics

/// What connections have cost, and how the engine itself was doing: the evidence that a number is
/// the target's and not the generator's. Times are recorded in microseconds. Mergeable.
package struct TransportStatistics: Sendable {
    package internal(set) var connectionsOpened: UInt64 = 0
    /// From the beginning of connecting until the connection stood.
    package internal(set) var connect = Histogram()
    /// The TLS handshake.
    package internal(set) var handshake = Histogram()
    package internal(set) var sessionsResumed: UInt64 = 0
    /// Requests sent again on a new connection, because the old one was closed by the server
    /// before anything of a response came.
    package internal(set) var resends: UInt64 = 0

    /// Arrivals of an open model that were never sent.
    package internal(set) var dropped: UInt64 = 0
    /// Arrivals that had to wait for one of `usersMax` connections.
    package internal(set) var delayed: UInt64 = 0
    /// How late arrivals were sent for which there was a connection: the generator's own fault.
    package internal(set) var lateness = Histogram()
    /// How long the loop took for one round, in which nothing new is noticed.
    package internal(set) var loopLag = Histogram()
    /// CPU time of the generating threads, in nanoseconds.
    package internal(set) var cpuNanoseconds: UInt64 = 0
    /// Time that these threads were there, in nanoseconds.
    package internal(set) var threadNanoseconds: UInt64 = 0
    /// Connections that could not be made for want of a local port or address, and of descriptors
    /// or memory.
    package internal(set) var portsExhausted: UInt64 = 0
    package internal(set) var socketsExhausted: UInt64 = 0

    package init() {}

    /// CPU time per thread and second, 0...1.
    package var cpuShare: Double {
        threadNanoseconds == 0 ? 0 : Double(cpuNanoseconds) / Double(threadNanoseconds)
    }

    package mutating func merge(_ other: TransportStatistics) {
        connectionsOpened += other.connectionsOpened
        connect.merge(other.connect)
        handshake.merge(other.handshake)
        sessionsResumed += other.sessionsResumed
        resends += other.resends
        dropped += other.dropped
        delayed += other.delayed
        lateness.merge(other.lateness)
        loopLag.merge(other.loopLag)
        cpuNanoseconds += other.cpuNanoseconds
        threadNanoseconds += other.threadNanoseconds
        portsExhausted += other.portsExhausted
        socketsExhausted += other.socketsExhausted
    }
}
