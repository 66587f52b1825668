import Testing

@testable import swarmkeeper

/// The example of the design, which must read as it stands.
enum Sample {
    static let text = """
        server:
          host: "127.0.0.1"
          port: 8080
        storage:
          path: "swarmkeeper.db"
        security:
          apiToken: "${SWARMKEEPER_API_TOKEN}"            # administrator, all tenants
          locustCallbackToken: "${SWARMKEEPER_CALLBACK_TOKEN}"
        tenants:
          - id: "tenant-1"
            name: "Checkout"
            environments: [dev, staging]
            limits: { maxConcurrentRuns: 4, maxUsers: 5000, maxDurationSeconds: 7200 }
            tokens:
              - { name: "ci", role: "operator", token: "${TENANT_1_CI_TOKEN}" }
        locustClusters:
          - id: "local-dev"
            type: locust                                  # or native
            baseUrl: "http://127.0.0.1:8089"
            tenantId: "tenant-1"
            envId: "dev"
            authToken: ""
        orchestrator:
          metricsPollIntervalSeconds: 10

        """

    static let environment = [
        "SWARMKEEPER_API_TOKEN": "secret-of-the-administrator",
        "SWARMKEEPER_CALLBACK_TOKEN": "secret-of-the-hooks",
        "TENANT_1_CI_TOKEN": "secret-of-the-pipeline",
        "TENANT_1_TEAM_TOKEN": "secret-of-the-team",
    ]

    /// Every key that there is.
    static let complete = """
        server:
          host: "::1"
          port: 0
          publicUrl: https://keeper:pass-in-public@keeper.example/base/
          behindTlsProxy: true
          trustedProxies: [10.0.0.0/8, "::1"]
          forwardedField: Forwarded
          cors: { allowedOrigins: ["https://board.example", "http://localhost:5173"] }
          strictTransportSeconds: 0
          rateLimit:
            requestsPerSecond: 12.5
            burst: 30
            stops: { requestsPerSecond: 40 }
            callbacks: { requestsPerSecond: 0.1, burst: 1 }
            anonymous: { requestsPerSecond: 1 }
            overrides:
              - { tenantId: a.b-c_1, requestsPerSecond: 0.4 }
              - { tenantId: a.b-c_1, token: v, requestsPerSecond: 300, burst: 500 }
              - { token: apiToken, requestsPerSecond: 1000000 }
        storage:
          path: /var/lib/keeper.db
          retention:
            maxAgeDays: 90
            maxRuns: 1000
        security:
          apiToken: administrator-secret
          locustCallbackToken: callback-secret
        tenants:
          - id: a.b-c_1
            name: "Zażółć \\"🐝\\" $${HOME}"
            environments: [dev, "prod"]
            limits:
              maxConcurrentRuns: 0
              maxUsers: 1
              maxDurationSeconds: 60
              maxRunsPerDay: 100
              maxQueuedRuns: 3
              maxTotalUsers: 5
              maxSpawnRate: 2.5
              maxRequestsPerSecond: 100
              maxTotalRequestsPerSecond: 250.5
            tokens:
              - { name: v, role: viewer, token: viewer-secret }
              - { name: "o: #", role: operator, token: operator-secret }
              - { name: e, role: editor, token: editor-secret }
              - { name: a, role: admin, token: admin-secret }
          - id: second
            environments: [dev, { id: prod, limits: { maxConcurrentRuns: 1 } }]
        targets:
          - host: "*.shop.example:443"
            limits: { maxConcurrentRuns: 2, maxTotalUsers: 100, maxTotalRequestsPerSecond: 0.5 }
        locustClusters:
          - id: first
            baseUrl: http://user:pass-in-base@10.0.0.7:8089/locust
            authToken: master-secret
            serves:
              - { tenantId: a.b-c_1, envId: dev }
              - { tenantId: second, envId: dev }
          - id: second
            type: locust
            baseUrl: https://locust.example
            tls: { caFile: /etc/keeper/masters.pem }
            tenantId: second
            envId: dev
          - id: engine
            type: native
            maxConcurrentRuns: 2
            maxUsers: 500
            threads: 3
            tls:
              caFile: /etc/keeper/ca.pem
              clientCertificateFile: "/etc/keeper/client #1.pem"
              clientKeyFile: /etc/keeper/key.pem
            tenantId: second
            envId: dev
          - { id: engine-by-default, type: native, tenantId: second, envId: dev }
        orchestrator:
          metricsPollIntervalSeconds: 0.5
          leaseSeconds: 12.5
          clusterLostAfterSeconds: 30
          queueTimeoutSeconds: 90.5
        logging:
          level: debug

        """

    /// Secrets of `complete`, in the order in which they are printed.
    static let secrets = [
        "administrator-secret", "callback-secret", "viewer-secret", "operator-secret",
        "editor-secret", "admin-secret", "master-secret", "pass-in-public", "pass-in-base",
    ]

    static func read(_ text: String, _ environment: [String: String] = Sample.environment)
        throws(ConfigurationError) -> Configuration
    {
        try ConfigurationReader.read(Array(text.utf8), file: "c.yaml", environment: environment)
    }

    /// What is wrong with `text`, as it is shown.
    static func problems(
        in text: String, _ environment: [String: String] = Sample.environment
    ) -> [String] {
        do {
            _ = try read(text, environment)
            return []
        } catch {
            return error.lines
        }
    }
}
