/// Several load tests as one: what a user writes.
package struct SuiteSpec: Equatable, Sendable, Codable {
    /// What a test that failed, or could not be run, does to those behind it.
    package enum OnFailure: String, CaseIterable, Sendable, Codable {
        case stop
        case `continue`
    }

    /// Tests that run at the same time.
    package struct Step: Equatable, Sendable, Codable {
        package var name: String?
        package var tests: [Test]

        package init(name: String?, tests: [Test]) {
            self.name = name
            self.tests = tests
        }
    }

    package struct Test: Equatable, Sendable, Codable {
        package let loadTestId: String
        package let change: PlanChange

        package init(loadTestId: String, change: PlanChange) {
            self.loadTestId = loadTestId
            self.change = change
        }
    }

    /// One behind the other.
    package static let stepsMax = 50
    /// At the same time.
    package static let testsOfStepMax = 20
    /// In all: each is looked at once a second while the suite runs.
    package static let testsMax = 100

    package var name: String
    package var description: String
    package var tenantId: String
    package var envId: String
    package var onFailure: OnFailure
    package var steps: [Step]

    package init(
        name: String, description: String = "", tenantId: String, envId: String,
        onFailure: OnFailure = .stop, steps: [Step]
    ) {
        self.name = name
        self.description = description
        self.tenantId = tenantId
        self.envId = envId
        self.onFailure = onFailure
        self.steps = steps
    }

    package var environment: EnvironmentKey { .init(tenantID: tenantId, envID: envId) }
}

/// A stored suite.
package struct Suite: Equatable, Sendable {
    /// Of one tenant.
    package static let countMax = 200

    package let id: SuiteID
    package var spec: SuiteSpec
    /// Grows by one with each change; the value behind `ETag`.
    package var version: Int
    package var audit: Audit

    package init(id: SuiteID, spec: SuiteSpec, version: Int, audit: Audit) {
        self.id = id
        self.spec = spec
        self.version = version
        self.audit = audit
    }
}
