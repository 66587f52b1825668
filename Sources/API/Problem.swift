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
    /// Which of several causes of `code` it was, for programs.
    var reason: String?
    var headers: HeaderFields = []
    /// Of a request that found no place: those are not logged one by one.
    var refusedBy: AdmissionClass?

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
        var fields = headers
        fields.set("Content-Type", "application/problem+json")
        return Response(
            status: status, headers: fields, body: JSONValue.object(members).encodedBytes)
    }
}

extension Problem {
    static func malformed(_ detail: String) -> Problem {
        Problem(status: 400, code: "malformedBody", detail: detail)
    }

    static func invalid(_ errors: [FieldError]) -> Problem {
        Problem(
            status: 422, code: "invalidFields",
            detail: errors.count == 1
                ? "\(errors[0].pointer) \(errors[0].message)"
                : "\(errors.count) fields are wrong; see errors",
            errors: Array(errors.prefix(FieldError.countMax)))
    }

    static func invalidQuery(_ errors: [FieldError]) -> Problem {
        Problem(
            status: 400, code: "invalidQuery",
            detail: errors.map { "\($0.pointer) \($0.message)" }.joined(separator: "; "),
            errors: errors)
    }

    static func notFound(_ what: String) -> Problem {
        Problem(status: 404, code: "notFound", detail: "there is no \(what)")
    }

    static let unauthorized = Problem(
        status: 401, code: "unauthorized",
        detail: "a valid token is needed: Authorization: Bearer <token>",
        headers: ["WWW-Authenticate": "Bearer realm=\"swarmkeeper\""])

    static func forbidden(_ permission: Permission, role: Role) -> Problem {
        Problem(
            status: 403, code: "forbidden",
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
        case .unknownRun, .unknownLoadTest:
            self.init(status: 404, code: "notFound", detail: detail)
        case .noCluster:
            self.init(
                status: 422, code: "noCluster", detail: detail,
                errors: [FieldError(pointer: "/locustClusterId", message: detail)])
        case .noClusterOfKind:
            self.init(
                status: 422, code: "noCluster", detail: detail,
                errors: [FieldError(pointer: "/locustClusterId", message: detail)])
        case .tooManyUsers(let max):
            self.init(
                status: 422, code: "tooManyUsers", detail: detail,
                errors: [
                    FieldError(
                        pointer: "/targetUsers",
                        message: "is above \(max), the most that a cluster may have")
                ])
        case .clusterBusy(let clusters):
            self.init(
                status: 409, code: "clusterBusy", detail: detail, runs: clusters.flatMap(\.runs))
        case .tooManyRuns(_, let runs):
            self.init(status: 409, code: "tooManyRuns", detail: detail, runs: runs)
        case .loadTestInUse(let runs):
            self.init(status: 409, code: "loadTestInUse", detail: detail, runs: runs)
        case .versionConflict:
            self.init(status: 412, code: "versionConflict", detail: detail)
        case .runIsOver:
            self.init(status: 409, code: "runIsOver", detail: detail)
        case .usersNotChangeable:
            self.init(status: 409, code: "usersNotChangeable", detail: detail)
        case .clusterRefused:
            self.init(status: 409, code: "clusterRefused", detail: detail)
        case .clusterUncertain:
            self.init(status: 502, code: "clusterUncertain", detail: detail)
        case .startingUp:
            self.init(
                status: 503, code: "startingUp", detail: detail, headers: ["Retry-After": "1"])
        case .shuttingDown:
            self.init(
                status: 503, code: "shuttingDown", detail: detail, headers: ["Retry-After": "5"])
        case .stopNotStored(let failure):
            self.init(
                status: 503, code: "storeUnavailable",
                detail: "the stop is being carried out, but could not be stored; repeat it until "
                    + "it is answered 202, or it may be forgotten by a crash of the service",
                reason: failure.kind.rawValue, headers: ["Retry-After": "5"])
        case .store(let failure):
            // The cause is in the log; a client is told only what it can do.
            self.init(
                status: 503, code: "storeUnavailable",
                detail: "the store does not answer; try again", reason: failure.kind.rawValue,
                headers: ["Retry-After": "5"])
        }
    }

    init(_ error: ServerError) {
        self.init(
            status: error.status, code: error.code, detail: error.description,
            headers: error.isPassing
                ? ["Retry-After": "\(Int.random(in: Admission.retryAfterSeconds))"] : [])
    }
}
