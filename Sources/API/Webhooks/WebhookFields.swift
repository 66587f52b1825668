import ControlPlane
import JSON

/// Bodies into webhooks: what their shape alone cannot tell is checked here.
struct WebhookFields {
    var tenantID = ""
    var envID: String?
    var loadTestID: LoadTestID?
    var kind = Webhook.Kind.json
    var url: String?
    var recipients: [String]?

    static func ofNew(_ call: Call) async throws(Problem) -> WebhookFields {
        var fields = WebhookFields()
        fields.tenantID = call["tenantId"]?.text ?? ""
        fields.envID = call["envId"]?.text
        fields.loadTestID = call["loadTestId"]?.text.map(LoadTestID.init)
        fields.kind = call["kind"]?.text.flatMap(Webhook.Kind.init) ?? .json
        fields.take(call)
        let catalog = await call.services.orchestrator.currentCatalog
        var faults = fields.placeFaults(catalog, call.scope) + fields.receiverFaults(call)
        if faults.isEmpty { faults += try await fields.loadTestFaults(call) }
        faults += eventFaults(events(call), isNarrowed: fields.loadTestID != nil)
        guard faults.isEmpty else { throw .invalid(faults) }
        try await fields.checkTarget(call)
        return fields
    }

    /// What the body changes of the webhook.
    static func change(of webhook: Webhook, _ call: Call) async throws(Problem) -> WebhookChange {
        var fields = WebhookFields()
        (fields.tenantID, fields.envID) = (webhook.tenantID, webhook.envID)
        fields.kind = webhook.kind
        fields.take(call)
        var faults = fields.receiverFaults(call, isNew: false)
        faults += eventFaults(events(call), isNarrowed: webhook.loadTestID != nil)
        guard faults.isEmpty else { throw .invalid(faults) }
        try await fields.checkTarget(call)
        var change = WebhookChange()
        change.name = call["name"]?.text
        change.events = events(call)
        change.url = fields.url
        change.receiver = fields.url.map(Webhook.shown)
        change.recipients = fields.recipients
        change.isEnabled = call["enabled"]?.bool
        return change
    }

    static func events(_ call: Call) -> Set<Notice.Kind>? {
        call["events"]?.items.map { Set($0.compactMap { $0.text.flatMap(Notice.Kind.init) }) }
    }

    private mutating func take(_ call: Call) {
        url = call["url"]?.text
        recipients = call["recipients"]?.items.map { items in
            // Each once, in the order that was given.
            items.compactMap(\.text).reduce(into: []) { list, address in
                if !list.contains(address) { list.append(address) }
            }
        }
    }

    // MARK: What can be wrong

    /// A tenant or an environment of somebody else is told apart from none by nothing.
    private func placeFaults(_ catalog: Catalog, _ scope: Scope) -> [FieldError] {
        guard let tenant = catalog.tenant(tenantID), scope.knows(tenant: tenantID) else {
            return [FieldError(pointer: "/tenantId", message: "is no tenant known to you")]
        }
        let visible = tenant.environments(in: scope)
        guard let envID else {
            guard case .environments = scope else { return [] }
            let message = "must be given, because your own token is for these only: "
            return [
                FieldError(
                    pointer: "/envId", message: message + visible.joined(separator: ", "))
            ]
        }
        guard !visible.contains(envID) else { return [] }
        return [
            FieldError(
                pointer: "/envId", message: Definitions.noEnvironment(of: tenant, but: visible))
        ]
    }

    private func loadTestFaults(_ call: Call) async throws(Problem) -> [FieldError] {
        guard let loadTestID else { return [] }
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.loadTest(loadTestID, in: call.scope)
        }
        guard let spec = found?.spec, spec.tenantId == tenantID, envID ?? spec.envId == spec.envId
        else {
            let message = "is no load test of this place known to you"
            return [FieldError(pointer: "/loadTestId", message: message)]
        }
        return []
    }

    private static func eventFaults(_ events: Set<Notice.Kind>?, isNarrowed: Bool) -> [FieldError] {
        guard let events else { return [] }
        guard !events.isEmpty else {
            return [FieldError(pointer: "/events", message: "must name at least one")]
        }
        guard isNarrowed, events.contains(.clusterLost) else { return [] }
        let message = "\(Notice.Kind.clusterLost.rawValue) is about no load test: leave one out"
        return [FieldError(pointer: "/events", message: message)]
    }

    /// - Parameter isNew: whether it has no receiver yet.
    private func receiverFaults(_ call: Call, isNew: Bool = true) -> [FieldError] {
        guard kind == .email else {
            var faults: [FieldError] = []
            if recipients != nil {
                faults.append(
                    FieldError(pointer: "/recipients", message: "are for webhooks of kind email"))
            }
            if let url, kind != .json, !url.lowercased().hasPrefix("https://") {
                let message = "must begin with https:// for kind \(kind.rawValue)"
                faults.append(FieldError(pointer: "/url", message: message))
            }
            if isNew, url == nil {
                faults.append(FieldError(pointer: "/url", message: "must be given"))
            }
            return faults
        }
        var faults = addressFaults(call)
        if url != nil {
            let message = "is for other kinds; kind email has recipients"
            faults.append(FieldError(pointer: "/url", message: message))
        }
        if isNew, !call.services.mail.isConfigured {
            let message = "email needs a mail server: smtp in the service's configuration"
            faults.append(FieldError(pointer: "/kind", message: message))
        }
        if recipients?.isEmpty ?? isNew {
            faults.append(
                FieldError(pointer: "/recipients", message: "must name at least one address"))
        }
        return faults
    }

    private func addressFaults(_ call: Call) -> [FieldError] {
        FieldError.collect((call["recipients"]?.items ?? []).enumerated()) { index, item in
            let pointer = "/recipients/\(index)"
            let address = item.text ?? ""
            guard MailAddress.isValid(address) else {
                return [
                    FieldError(
                        pointer: pointer, message: "must be an address such as team@example.org")
                ]
            }
            guard call.services.mail.isConfigured, !call.services.mail.allows(address) else {
                return []
            }
            let message = "is of a domain that smtp.recipientDomains does not allow"
            return [FieldError(pointer: pointer, message: message)]
        }
    }

    private func checkTarget(_ call: Call) async throws(Problem) {
        guard let url else { return }
        let fault = await call.services.orchestrator.receiverFault(
            of: url, tenantID: tenantID, envID: envID, by: call.services.receiverHosts)
        guard let fault else { return }
        throw Problem(
            .targetNotAllowed, detail: "/url \(fault)",
            errors: [FieldError(pointer: "/url", message: fault)])
    }
}
