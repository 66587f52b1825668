/// Identifies a run; a UUID in lower case when the service made it.
package struct RunID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// Identifies a stored load test; a UUID in lower case.
package struct LoadTestID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// Identifies a schedule; a UUID in lower case.
package struct ScheduleID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// Identifies a stored suite; a UUID in lower case.
package struct SuiteID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// Identifies one execution of a suite; a UUID in lower case.
package struct SuiteRunID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// One environment of one tenant: what a cluster serves and a run belongs to.
package struct EnvironmentKey: Hashable, Sendable {
    package let tenantID: String
    package let envID: String

    package init(tenantID: String, envID: String) {
        self.tenantID = tenantID
        self.envID = envID
    }
}
