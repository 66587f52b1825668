import CLinux

/// Told by an `EventLoop` what its descriptor is ready for.
package protocol EventHandler: AnyObject {
    /// Called again as long as the readiness lasts, so that it need not be used up at once.
    func handle(_ readiness: Readiness)
}

/// What a descriptor is to be watched for. Its end and its errors are always reported.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let reading = Interest(rawValue: EPOLLIN.rawValue)
    package static let writing = Interest(rawValue: EPOLLOUT.rawValue)
}

/// What a descriptor is ready for.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Readiness(rawValue: EPOLLIN.rawValue)
    package static let writable = Readiness(rawValue: EPOLLOUT.rawValue)
    /// Reset, or closed in both directions: nothing can be sent or received any more.
    package static let gone = Readiness(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)

    /// Whether something of what was waited for is there.
    package func meets(_ interest: Interest) -> Bool { rawValue & interest.rawValue != 0 }

    package var isGone: Bool { !isDisjoint(with: .gone) }
}
