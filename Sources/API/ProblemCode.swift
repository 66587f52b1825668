/// Every error that this API itself answers. What the server answers before it is in
/// `ServerError`. A name never changes its meaning; the switches below leave none without a
/// status and an explanation.
enum ProblemCode: String, CaseIterable {
    case invalidQuery, malformedBody, invalidIdempotencyKey
    case unauthorized, loginRefused, refreshRefused
    case forbidden
    case notFound, loginDisabled
    case clusterBusy, limitReached, loadTestInUse, runIsOver, usersNotChangeable, clusterRefused
    case noEncryptionKey, clusterIsNative
    case emergencyStop, tooManyEmergencyStops, frozen
    case notAwaitingApproval, beyondApproval, tooManyAwaiting
    case idempotencyKeyReused, idempotencyKeyInUse
    case tokenNameTaken, tooManyTokens, userNameTaken, tooManyAccounts
    case tooManyShares, noHistograms
    case tooManySchedules, tooManySuites, tooManySuiteRuns
    case tooManyWebhooks, outboxFull, notSigned
    case idempotencyObjectGone
    case versionConflict
    case unsupportedMediaType
    case invalidFields, noCluster, tooManyUsers, targetNotAllowed
    case tooManyRequests, rateLimited, tooManyIdempotencyKeys, tooManyLoginAttempts
    case clusterUncertain
    case overloaded, startingUp, shuttingDown, storeUnavailable, noRandomNumbers
}

extension ProblemCode {
    var status: Int {
        switch self {
        case .invalidQuery, .malformedBody, .invalidIdempotencyKey: 400
        case .unauthorized, .loginRefused, .refreshRefused: 401
        case .forbidden: 403
        case .notFound, .loginDisabled: 404
        case .clusterBusy, .limitReached, .loadTestInUse, .runIsOver, .usersNotChangeable,
            .clusterRefused, .idempotencyKeyReused, .idempotencyKeyInUse, .tokenNameTaken,
            .tooManyTokens, .userNameTaken, .tooManyAccounts, .noEncryptionKey, .clusterIsNative,
            .emergencyStop, .tooManyEmergencyStops, .frozen, .notAwaitingApproval,
            .beyondApproval, .tooManyAwaiting, .tooManyShares, .noHistograms,
            .tooManySchedules, .tooManySuites, .tooManySuiteRuns, .tooManyWebhooks,
            .outboxFull, .notSigned:
            409
        case .idempotencyObjectGone: 410
        case .versionConflict: 412
        case .unsupportedMediaType: 415
        case .invalidFields, .noCluster, .tooManyUsers, .targetNotAllowed: 422
        case .tooManyRequests, .rateLimited, .tooManyIdempotencyKeys, .tooManyLoginAttempts: 429
        case .clusterUncertain: 502
        case .overloaded, .startingUp, .shuttingDown, .storeUnavailable, .noRandomNumbers: 503
        }
    }

    /// For the OpenAPI document; a part of a sentence.
    var meaning: String {
        switch self {
        case .invalidQuery: "a parameter of the query is wrong or unknown"
        case .malformedBody: "the body is no JSON object, or none is expected"
        case .invalidIdempotencyKey: "the Idempotency-Key is too long, empty or given twice"
        case .unauthorized: "no token, or one that is not known"
        case .loginRefused: "the name or the password is wrong, or the user is disabled"
        case .refreshRefused: "the refresh token is unknown, used, expired or revoked: log in again"
        case .forbidden: "the token's role does not have the permission"
        case .notFound: "there is no such object, or it is another tenant's"
        case .loginDisabled: "nobody can log in here, because auth.jwtSecret is not configured"
        case .clusterBusy: "no cluster that could take it has room; runIds are in the way"
        case .limitReached: "limits names what leaves no room now; runIds use it"
        case .loadTestInUse: "runIds of it live"
        case .runIsOver: "the run is over and takes nothing any more"
        case .usersNotChangeable: "the run is neither Starting nor Running"
        case .clusterRefused: "the cluster did not take the change; nothing has changed"
        case .noEncryptionKey:
            "storage.encryptionKey is not configured, and secrets are not stored without it"
        case .clusterIsNative: "a native cluster has no master to prove itself to"
        case .emergencyStop: "an emergency stop keeps such load away until it is lifted"
        case .frozen: "the environment is in a freeze window; detail names it and its end"
        case .notAwaitingApproval: "the run does not await approval (any more)"
        case .beyondApproval: "the run was approved for less; more needs another run"
        case .tooManyAwaiting: "as many runs of the tenant await approval as may"
        case .tooManyEmergencyStops: "more emergency stops hold than are kept; lift some"
        case .idempotencyKeyReused: "the key was used with another path or body"
        case .idempotencyKeyInUse: "the first request with this key is still worked on; come again"
        case .tokenNameTaken: "an unended token of the tenant has the name"
        case .tooManyTokens: "the tenant has as many unended tokens as one can have"
        case .tooManyShares: "as many share links of the run are valid as may be; revoke some"
        case .tooManySchedules: "the tenant has as many schedules as one can have"
        case .tooManySuites: "the tenant has as many suites as one can have"
        case .tooManySuiteRuns: "as many suites of the tenant are being run as may"
        case .noHistograms: "the run has no histograms: nobody told its response times one by one"
        case .tooManyWebhooks: "the tenant has as many webhooks as one can have"
        case .outboxFull: "as many deliveries of the webhook wait as may"
        case .notSigned: "what receivers of this kind are sent is not signed: there is no secret"
        case .userNameTaken: "a user of the tenant has the name"
        case .tooManyAccounts: "the tenant has as many users as one can have"
        case .idempotencyObjectGone: "what the first request with this key created was deleted"
        case .versionConflict: "it was changed since the version of If-Match, or just now"
        case .unsupportedMediaType: "the body is not sent as application/json"
        case .invalidFields:
            "fields of the body are wrong; errors names each of them, and limits what they exceed"
        case .noCluster: "no cluster serves the environment and can run the definition"
        case .tooManyUsers: "no cluster that could take it ever has as many users"
        case .targetNotAllowed:
            "the tenant's or environment's rules refuse a server; errors names server and rule"
        case .tooManyRequests: "the caller has more such requests here than its share"
        case .rateLimited: "the token, or the address without a valid one, asks too often"
        case .tooManyIdempotencyKeys: "the token has used as many keys as are kept for 24 hours"
        case .tooManyLoginAttempts: "too many logins have failed for this name or from this address"
        case .clusterUncertain: "the cluster may have taken the change or not"
        case .overloaded: "more such requests come than can be served"
        case .startingUp: "the service takes over the runs of the process before"
        case .shuttingDown: "the service is on its way down"
        case .storeUnavailable: "the store does not answer; reason says why"
        case .noRandomNumbers: "the machine gives no random numbers"
        }
    }
}
