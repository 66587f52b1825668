import Foundation
import JSON

/// Something that has happened and that somebody may want to be told of. It is stored in the
/// transaction of what has happened, so that there is neither without the other.
package struct Notice: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Load was seen.
        case runStarted = "run.started"
        /// It is over, however it ended.
        case runFinished = "run.finished"
        /// It was judged.
        case runVerdict = "run.verdict"
        /// A run of the load test failed, and the judged one before it had not.
        case becameFailed = "loadtest.became-failed"
        /// A run of the load test passed, and the judged one before it had failed.
        case becamePassed = "loadtest.became-passed"
        /// A cluster that had answered does not.
        case clusterLost = "cluster.lost"
        /// Somebody wants to see whether it arrives.
        case test = "webhook.test"

        /// Those that a webhook can be for.
        package static let filters = allCases.filter { $0 != .test }
    }

    package let kind: Kind
    package let at: Date
    /// What it is about: notices about one thing are delivered in their order.
    package let subject: String
    /// The payload's `data`.
    package let data: JSONValue

    package init(_ kind: Kind, at date: Date, subject: String, data: JSONValue) {
        self.kind = kind
        at = date
        self.subject = subject
        self.data = data
    }
}
