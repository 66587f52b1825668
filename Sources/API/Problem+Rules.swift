import ControlPlane

extension Problem {
    /// What the rules of tenants, environments and administrators refuse.
    init(ofRule error: ControlPlaneError) {
        let detail = error.description
        switch error {
        case .targetNotAllowed(let faults):
            self.init(
                .targetNotAllowed, detail: detail,
                errors: faults.prefix(FieldError.countMax).map {
                    FieldError(pointer: $0.pointer, message: $0.message)
                })
        case .frozen:
            self.init(.frozen, detail: detail)
        case .emergencyStop:
            self.init(.emergencyStop, detail: detail)
        case .tooManyEmergencyStops:
            self.init(.tooManyEmergencyStops, detail: detail)
        case .emergencyNotStored(let failure):
            self.init(
                .storeUnavailable,
                detail: "runs are being stopped and starts refused, but this could not be stored; "
                    + "repeat it until it is answered 201, or a restart of the service forgets it",
                reason: failure.kind.rawValue, headers: ["Retry-After": "5"])
        case .tooManyAwaiting:
            self.init(.tooManyAwaiting, detail: detail)
        case .tooManyTokens:
            self.init(.tooManyTokens, detail: detail)
        case .tooManyAccounts:
            self.init(.tooManyAccounts, detail: detail)
        case .tooManySchedules:
            self.init(.tooManySchedules, detail: detail)
        case .tooManySuites:
            self.init(.tooManySuites, detail: detail)
        case .tooManySuiteRuns:
            self.init(.tooManySuiteRuns, detail: detail)
        case .unfitDefinition:
            self.init(.invalidFields, detail: detail)
        case .unknownShare, .unknownSchedule, .unknownSuite, .unknownSuiteRun,
            .unknownWebhook, .unknownDelivery:
            self.init(.notFound, detail: detail)
        case .tooManyShares:
            self.init(.tooManyShares, detail: detail)
        case .tooManyWebhooks:
            self.init(.tooManyWebhooks, detail: detail)
        case .outboxFull:
            self.init(.outboxFull, detail: detail)
        case .notAwaiting:
            self.init(.notAwaitingApproval, detail: detail)
        case .beyondApproval:
            self.init(.beyondApproval, detail: detail)
        default:
            // It is somebody else's to decide.
            self.init(.forbidden, detail: detail)
        }
    }
}
