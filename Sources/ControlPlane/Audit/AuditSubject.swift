/// What an action was about.
package struct AuditSubject: Equatable, Sendable {
    /// Nil for what belongs to the whole service.
    package var tenantID: String?
    package var envID: String?
    /// A word of the API's, such as `loadTest`.
    package var kind: String
    package var id: String

    package init(_ kind: String, _ id: String, tenant: String? = nil, env: String? = nil) {
        self.kind = kind
        self.id = id
        tenantID = tenant
        envID = env
    }

    package static func run(_ run: Run) -> AuditSubject {
        AuditSubject(
            "run", run.id.text, tenant: run.spec.tenantId, env: run.spec.envId)
    }

    package static func emergencyStop(_ stop: EmergencyStop) -> AuditSubject {
        AuditSubject("emergencyStop", stop.id, tenant: stop.tenantID)
    }

    package static func loadTest(_ test: LoadTest) -> AuditSubject {
        AuditSubject(
            "loadTest", test.id.text, tenant: test.spec.tenantId, env: test.spec.envId)
    }
}
