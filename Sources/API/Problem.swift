import ControlPlane
import HTTP
import HTTPServer
import JSON

/// An answer that is an error: RFC 9457 `application/problem+json`.
struct Problem: Error, Equatable {
    let status: Int
    /// For programs; never changes its meaning.
    let code: String
    /// For people: what was wrong with this very request, and what is allowed.
    let detail: String
    var errors: [FieldError] = []
    /// The runs in the way of what was asked.
    var runs: [RunID] = []
    /// The limits in its way.
    var limits: [LimitBreach] = []
    /// Which of several causes of `code` it was, for programs.
    var reason: String?
    var headers: HeaderFields = []
    /// What a request found no place in, or was too much for: those are not logged one by one.
    var refusedBy: String?
    /// What it was about, for the audit trail alone.
    var subject: AuditSubject?

    /// With the server's errors the only way to a problem, so that no other code is answered than
    /// the OpenAPI document names.
    init(
        _ code: ProblemCode, detail: String, errors: [FieldError] = [], runs: [RunID] = [],
        reason: String? = nil, headers: HeaderFields = []
    ) {
        status = code.status
        self.code = code.rawValue
        self.detail = detail
        self.errors = errors
        self.runs = runs
        self.reason = reason
        self.headers = headers
    }

    init(_ error: ServerError) {
        status = error.status
        code = error.code
        detail = error.description
        guard error.isPassing else { return }
        headers = ["Retry-After": "\(Int.random(in: Admission.retryAfterSeconds))"]
    }

    func response(requestID: String) -> Response {
        var members: [String: JSONValue] = [
            "type": .string("about:blank"), "title": .string(StatusReason.text(for: status)),
            "status": .int(Int64(status)), "code": .string(code), "detail": .string(detail),
            "requestId": .string(requestID),
        ]
        if !errors.isEmpty {
            members["errors"] = .array(
                errors.map { error in
                    .object([
                        "pointer": .string(error.pointer), "message": .string(error.message),
                    ])
                })
        }
        if let reason { members["reason"] = .string(reason) }
        if !runs.isEmpty { members["runIds"] = JSONValue(runs.map(\.text)) }
        if !limits.isEmpty { members["limits"] = .array(limits.map(\.json)) }
        var fields = headers
        fields.set("Content-Type", "application/problem+json")
        return Response(
            status: status, headers: fields, body: JSONValue.object(members).encodedBytes)
    }
}

extension Problem {
    static func malformed(_ detail: String) -> Problem {
        Problem(.malformedBody, detail: detail)
    }

    static func invalid(_ errors: [FieldError]) -> Problem {
        Problem(
            .invalidFields,
            detail: errors.count == 1
                ? "\(errors[0].pointer) \(errors[0].message)"
                : "\(errors.count) fields are wrong; see errors",
            errors: Array(errors.prefix(FieldError.countMax)))
    }

    static func invalidQuery(_ errors: [FieldError]) -> Problem {
        Problem(
            .invalidQuery,
            detail: errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; "),
            errors: errors)
    }

    static func notFound(_ what: String) -> Problem {
        Problem(.notFound, detail: "there is no \(what)")
    }

    static let noRandomNumbers = Problem(
        .noRandomNumbers, detail: "the machine gives no random numbers; try again",
        headers: ["Retry-After": "5"])

    static let unauthorized = Problem(
        .unauthorized,
        detail: "a valid token is needed: Authorization: Bearer <token>",
        headers: ["WWW-Authenticate": "Bearer realm=\"swarmkeeper\""])

    static func forbidden(_ permission: Permission, role: Role) -> Problem {
        Problem(
            .forbidden,
            detail: "this needs the permission \(permission.rawValue), which the role "
                + "\(role.rawValue) does not have; these have it: "
                + Role.allCases.filter { $0.permissions.contains(permission) }
                .map(\.rawValue).joined(separator: ", "))
    }
}

extension Problem {
    /// The one place where the domain's errors become statuses.
    init(_ error: ControlPlaneError) {
        let detail = error.description
        switch error {
        case .unknownRun, .unknownLoadTest, .unknownToken, .unknownUser, .unknownEmergencyStop:
            self.init(.notFound, detail: detail)
        case .noCluster, .noClusterOfKind:
            self.init(
                .noCluster, detail: detail,
                errors: [FieldError(pointer: "/locustClusterId", message: detail)])
        case .tooManyUsers(let max):
            self.init(
                .tooManyUsers, detail: detail,
                errors: [
                    FieldError(
                        pointer: "/targetUsers",
                        message: "is above \(max), the most that a cluster may have")
                ])
        case .clusterBusy(let clusters):
            self.init(.clusterBusy, detail: detail, runs: clusters.flatMap(\.runs))
        case .limitsExceeded(let breaches):
            self = .exceeding(breaches, .ofRun)
        case .limitReached(let breaches):
            self.init(.limitReached, detail: detail, runs: breaches.uniqueRuns)
            limits = breaches
        case .targetNotAllowed, .frozen, .emergencyStop, .emergencyNotStored,
            .tooManyEmergencyStops, .notYoursToLift, .notAwaiting, .mayNotApprove, .beyondApproval,
            .tooManyAwaiting, .tooManyShares, .unknownShare, .unknownSchedule, .unknownSuite,
            .unknownSuiteRun, .tooManySchedules, .tooManySuites, .tooManySuiteRuns,
            .unknownWebhook, .tooManyWebhooks, .unknownDelivery, .outboxFull,
            .tooManyTokens, .tooManyAccounts, .unfitDefinition:
            self.init(ofRule: error)
        case .loadTestInUse(let runs):
            self.init(.loadTestInUse, detail: detail, runs: runs)
        case .tokenNameTaken:
            self.init(.tokenNameTaken, detail: detail)
        case .userNameTaken:
            self.init(.userNameTaken, detail: detail)
        case .versionConflict:
            self.init(.versionConflict, detail: detail)
        case .runIsOver:
            self.init(.runIsOver, detail: detail)
        case .usersNotChangeable:
            self.init(.usersNotChangeable, detail: detail)
        case .clusterRefused:
            self.init(.clusterRefused, detail: detail)
        case .clusterUncertain:
            self.init(.clusterUncertain, detail: detail)
        case .noEncryptionKey:
            self.init(.noEncryptionKey, detail: detail)
        case .startingUp:
            self.init(
                .startingUp, detail: detail, headers: ["Retry-After": "1"])
        case .shuttingDown:
            self.init(
                .shuttingDown, detail: detail, headers: ["Retry-After": "5"])
        case .stopNotStored(let failure):
            self.init(
                .storeUnavailable,
                detail: "the stop is being carried out, but could not be stored; repeat it until "
                    + "it is answered 202, or it may be forgotten by a crash of the service",
                reason: failure.kind.rawValue, headers: ["Retry-After": "5"])
        case .store(let failure):
            // The cause is in the log; a client is told only what it can do.
            self.init(
                .storeUnavailable,
                detail: "the store does not answer; try again", reason: failure.kind.rawValue,
                headers: ["Retry-After": "5"])
        }
    }
}
