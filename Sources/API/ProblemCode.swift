/// Every error that this API itself answers. What the server answers before it is in
/// `ServerError`. A name never changes its meaning; the switches below leave none without a
/// status and an explanation.
enum ProblemCode: String, CaseIterable {
    case invalidQuery, malformedBody, invalidIdempotencyKey
    case unauthorized
    case forbidden
    case notFound
    case clusterBusy, tooManyRuns, loadTestInUse, runIsOver, usersNotChangeable, clusterRefused
    case emergencyStop, tooManyEmergencyStops, frozen, notAwaitingApproval, beyondApproval
    case idempotencyKeyReused, idempotencyKeyInUse
    case idempotencyObjectGone
    case versionConflict
    case unsupportedMediaType
    case invalidFields, noCluster, tooManyUsers, targetNotAllowed
    case tooManyRequests, tooManyIdempotencyKeys
    case clusterUncertain
    case overloaded, startingUp, shuttingDown, storeUnavailable
}

extension ProblemCode {
    var status: Int {
        switch self {
        case .invalidQuery, .malformedBody, .invalidIdempotencyKey: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .clusterBusy, .tooManyRuns, .loadTestInUse, .runIsOver, .usersNotChangeable,
            .clusterRefused, .emergencyStop, .tooManyEmergencyStops, .frozen, .notAwaitingApproval,
            .beyondApproval, .idempotencyKeyReused,
            .idempotencyKeyInUse:
            409
        case .idempotencyObjectGone: 410
        case .versionConflict: 412
        case .unsupportedMediaType: 415
        case .invalidFields, .noCluster, .tooManyUsers, .targetNotAllowed: 422
        case .tooManyRequests, .tooManyIdempotencyKeys: 429
        case .clusterUncertain: 502
        case .overloaded, .startingUp, .shuttingDown, .storeUnavailable: 503
        }
    }

    /// For the OpenAPI document; a part of a sentence.
    var meaning: String {
        switch self {
        case .invalidQuery: "a parameter of the query is wrong or unknown"
        case .malformedBody: "the body is no JSON object, or none is expected"
        case .invalidIdempotencyKey: "the Idempotency-Key is too long, empty or given twice"
        case .unauthorized: "no token, or one that is not known"
        case .forbidden: "the token's role does not have the permission"
        case .notFound: "there is no such object, or it is another tenant's"
        case .clusterBusy: "no cluster that could take it has room; runIds are in the way"
        case .tooManyRuns: "the tenant's limit of concurrent runs is reached by runIds"
        case .loadTestInUse: "runIds of it live"
        case .runIsOver: "the run is over and takes nothing any more"
        case .usersNotChangeable: "the run is neither Starting nor Running"
        case .clusterRefused: "the cluster did not take the change; nothing has changed"
        case .emergencyStop: "an emergency stop keeps such load away until it is lifted"
        case .frozen: "the environment is in a freeze window; detail names it and its end"
        case .notAwaitingApproval: "the run does not await approval (any more)"
        case .beyondApproval: "the run was approved for less; more needs another run"
        case .tooManyEmergencyStops: "more emergency stops hold than are kept; lift some"
        case .idempotencyKeyReused: "the key was used with another path or body"
        case .idempotencyKeyInUse: "the first request with this key is still worked on; come again"
        case .idempotencyObjectGone: "what the first request with this key created was deleted"
        case .versionConflict: "it was changed since the version of If-Match, or just now"
        case .unsupportedMediaType: "the body is not sent as application/json"
        case .invalidFields: "fields of the body are wrong; errors names each of them"
        case .noCluster: "no cluster serves the environment and can run the definition"
        case .tooManyUsers: "no cluster that could take it ever has as many users"
        case .targetNotAllowed:
            "the tenant's or environment's rules refuse a server; errors names server and rule"
        case .tooManyRequests: "the caller has more such requests here than its share"
        case .tooManyIdempotencyKeys: "the token has used as many keys as are kept for 24 hours"
        case .clusterUncertain: "the cluster may have taken the change or not"
        case .overloaded: "more such requests come than can be served"
        case .startingUp: "the service takes over the runs of the process before"
        case .shuttingDown: "the service is on its way down"
        case .storeUnavailable: "the store does not answer; reason says why"
        }
    }
}
