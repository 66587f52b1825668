import ControlPlane
import HTTP
import Metrics

/// Lets as many requests be worked on as the service can serve, lets some wait, and refuses the
/// rest: 503 where the service is full, 429 where one caller takes more than a fair share.
///
/// Bodies are decoded only after this, so that `decodedBytesMax` bounds what they become; what they
/// take before is bounded by `ServerLimits.heldBytesMax`.
package final class Admission: Sendable {
    /// The memory that a byte of JSON becomes at the worst: an array within an array takes four
    /// bytes of text, and a place in one and an allocation of its own, some 90 bytes.
    static let decodedBytesPerByte = 32
    /// Seconds after which to come again, chosen at random so that many do not come at once.
    static let retryAfterSeconds = 1...5

    let refusals = RefusalLog()
    private let queues: [AdmissionClass: AdmissionQueue]

    package init() {
        queues = Dictionary(
            uniqueKeysWithValues: AdmissionClass.allCases.map { kind in
                (kind, AdmissionQueue(kind.rawValue, kind.limits))
            })
    }

    /// How long each class of requests waits, and how many were refused.
    package func lags() -> [QueueLag] {
        AdmissionClass.allCases.compactMap { queues[$0]?.lag }
    }

    /// The most that the bodies which are worked on become in memory, all classes together.
    static var decodedBytesMax: Int {
        AdmissionClass.allCases.reduce(0) { $0 + $1.limits.activeBodyBytesMax }
            * decodedBytesPerByte
    }

    func admit<Value>(
        _ request: Request, to kind: AdmissionClass?, from caller: Principal,
        on time: any TimeSource, work: () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        guard let kind, let queue = queues[kind] else { return try await work() }
        return try await queue.admit(
            Self.share(of: caller, in: kind, request), bodyBytes: request.body.count, on: time,
            refused: { refusal in
                var problem = Problem(refusal, kind)
                problem.refusedBy = kind.rawValue
                return problem
            }, work: work)
    }

    /// Whose share a request counts against. Tokens may have the same name in two tenants, hooks
    /// the same token on many hosts, and probes none.
    private static func share(
        of caller: Principal, in kind: AdmissionClass, _ request: Request
    ) -> String {
        switch kind {
        case .callbacks, .probes: "\(caller.name) \(request.remoteAddress)"
        case .logins, .sessions: ClientNetwork.text(of: request.remoteAddress)
        // Who opens a link of a report has no name.
        case .exports where caller == .stranger: ClientNetwork.text(of: request.remoteAddress)
        default: caller.identity
        }
    }
}

extension Problem {
    init(_ refusal: AdmissionQueue.Refusal, _ kind: AdmissionClass) {
        let headers: HeaderFields = [
            "Retry-After": "\(Int.random(in: Admission.retryAfterSeconds))"
        ]
        switch refusal {
        case .callerIsFull:
            self.init(
                .tooManyRequests,
                detail: "\(kind.limits.perCallerMax) requests of this caller are being answered "
                    + "or wait already, more of this kind are not taken",
                headers: headers)
        case .queueIsFull, .waitedTooLong:
            self.init(
                .overloaded,
                detail: "more requests of this kind come than can be served; try again",
                headers: headers)
        }
    }
}
