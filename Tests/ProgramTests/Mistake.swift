import Testing

/// A configuration with one thing wrong, and what is said of it.
struct Mistake: Sendable, CustomTestStringConvertible {
    let text: String
    let problems: [String]

    var testDescription: String { problems.first ?? "" }

    /// Behind three lines that are right.
    init(_ text: String, _ problems: String...) {
        self.text = "security:\n  apiToken: 12345678\n" + text
        self.problems = problems
    }

    private static let tenant = "tenants: [{ id: t, environments: [dev] }]\n"
    private static let cluster = "id: c, baseUrl: \"http://h\", tenantId: t, envId: dev"
    private static let native = "id: c, type: native, tenantId: t, envId: dev"
    private static let elsewhere = "id: c, baseUrl: \"http://i\", tenantId: t, envId: dev"
    private static let sameMaster = "id: d, baseUrl: \"http://H/\", tenantId: t, envId: dev"

    private static let origin =
        "an origin is written as browsers do, such as https://board.example:8443: no path, no "
        + "usual port, and never *"

    static let all: [Mistake] = [
        .init("servr: {}", "c.yaml:3:1: unknown key servr; did you mean server?"),
        .init(
            "zzzzzzzz: {}",
            "c.yaml:3:1: unknown key zzzzzzzz; there are server, storage, security, auth, "
                + "tenants, locustClusters, targets, orchestrator, audit, logging, metrics, "
                + "telemetry, webhooks, smtp"),
        .init(
            "server: { Port: 1 }", "c.yaml:3:11: unknown key Port; did you mean port?"),
        .init("server: []", "c.yaml:3:9: expected keys with values, such as host: ..."),
        .init(
            "server: { host: [a] }", "c.yaml:3:17: expected host, not a list or keys with values"),
        .init("server: { host: \"\" }", "c.yaml:3:17: host must not be empty"),
        .init(
            "server: { port: \"80\" }",
            "c.yaml:3:17: port must be a whole number between 0 and 65535"
        ),
        .init(
            "server: { port: 65536 }",
            "c.yaml:3:17: port must be a whole number between 0 and 65535"),
        .init(
            "server: { port: 80.0 }", "c.yaml:3:17: port must be a whole number between 0 and 65535"
        ),
        .init(
            "server: { publicUrl: keeper.example }",
            "c.yaml:3:22: publicUrl must be an http or https URL such as http://127.0.0.1:8089"),
        .init(
            "storage: { retention: { maxRuns: 0 } }",
            "c.yaml:3:34: maxRuns must be a whole number of 1 or more"),
        .init(
            "tenants: [{ environments: [dev] }]", "c.yaml:3:11: id is missing"),
        .init(
            "tenants: [{ id: a/b, environments: [dev] }]",
            "c.yaml:3:17: a tenant is named by 1 to 100 of the characters a-z A-Z 0-9 - _ ."),
        .init(
            "tenants: [{ id: t }]",
            "c.yaml:3:11: environments is missing, such as [dev, staging]"),
        .init(
            "tenants: [{ id: t, environments: dev }]",
            "c.yaml:3:34: expected a list of environments"),
        .init(
            "tenants: [{ id: t, environments: [a, a] }]",
            "c.yaml:3:38: the environment a is defined twice"),
        .init(
            "tenants: [{ id: t, environments: [a] }, { id: t, environments: [b] }]",
            "c.yaml:3:47: the tenant t is defined twice"),
        .init(
            "tenants: [{ id: t, environments: [a], limits: { maxUsers: -1 } }]",
            "c.yaml:3:59: maxUsers must be a whole number of 0 or more"),
        .init(
            "tenants: [{ id: t, environments: [a], tokens: [{ name: n, role: callback, "
                + "token: abcdefgh }] }]",
            "c.yaml:3:65: role must be one of viewer, operator, editor, admin, not callback"),
        .init(
            "tenants: [{ id: t, environments: [a], tokens: [{ name: n, role: viewer, "
                + "token: abcdefg }] }]",
            "c.yaml:3:80: token must have at least 8 characters; make one with: "
                + "openssl rand -hex 24"
        ),
        .init(
            "tenants: [{ id: t, environments: [a], tokens: [{ name: n, role: viewer, "
                + "token: 12345678 }] }]",
            "c.yaml:3:80: token is the same secret as another token's"),
        .init(
            "tenants: [{ id: t, environments: [a], tokens: [{ name: n, role: viewer, "
                + "token: \"abc defgh\" }] }]",
            "c.yaml:3:80: token must be printable ASCII without spaces"),
        .init(
            "tenants: [{ id: t, environments: [a], "
                + "tokens: [{ name: n, role: viewer, token: abcdefgh }"
                + ", { name: n, role: viewer, token: hgfedcba }] }]",
            "c.yaml:3:100: the token name n is given twice in this tenant"),
        .init(
            "tenants: [{ id: t, environments: [a, { id: a }] }]",
            "c.yaml:3:38: the environment a is defined twice"),
        .init(
            "tenants: [{ id: t, environments: [{ name: a }] }]",
            "c.yaml:3:35: id is missing",
            "c.yaml:3:37: unknown key name; there are id, limits, targets, freeze, "
                + "protected, approvers, approvalExpirySeconds"),
        .init(
            "tenants: [{ id: t, environments: [a], targets: { allow: [] } }]",
            "c.yaml:3:57: allow has no targets; leave it out"),
        .init(
            "tenants: [{ id: t, environments: [a], targets: { deny: [10.0.0.1/8, a..b] } }]",
            "c.yaml:3:57: deny: 10.0.0.1/8 has bits behind its prefix: write one address, or the "
                + "first of the range",
            "c.yaml:3:69: deny: a..b has a part that is empty or longer than 63 bytes"),
        .init(
            "tenants: [{ id: t, environments: [a], freeze: [{ name: n, from: 2027-01-02, "
                + "to: 2027-01-01T00:00:00Z }, { from: 2027-01-02T00:00:00Z, "
                + "to: 2027-01-01T00:00:00Z, stopRuns: 1 }] }]",
            "c.yaml:3:65: from must be such as 2026-12-20T00:00:00Z",
            "c.yaml:3:105: name is missing", "c.yaml:3:139: to must be after from",
            "c.yaml:3:171: stopRuns must be true or false"),
        .init(
            "tenants: [{ id: t, environments: [{ id: a, freeze: [{ name: n, days: [so], "
                + "from: 9:00, to: 24:01, timeZone: CEST }] }] }]",
            "c.yaml:3:70: days must name at least one day, such as [mon, tue]",
            "c.yaml:3:71: a day must be one of sun, mon, tue, wed, thu, fri, sat, not so",
            "c.yaml:3:82: from must be a time of the day such as 09:00",
            "c.yaml:3:92: to must be a time of the day such as 09:00",
            "c.yaml:3:109: timeZone must be a name such as Europe/Berlin or UTC"),
        .init(
            "tenants: [{ id: t, environments: [{ id: a, approvers: read }] }]",
            "c.yaml:3:55: approvers must be one of start, configure, administer, not read",
            "c.yaml:3:55: approvers is for environments with protected: true"),
        .init(
            tenant + "locustClusters: [{ id: c, tenantId: t, envId: dev }]",
            "c.yaml:4:18: baseUrl is missing, such as http://127.0.0.1:8089"),
        .init(
            tenant
                + "locustClusters: [{ id: c, baseUrl: \"http://h:99999\", "
                + "tenantId: t, envId: dev }]",
            "c.yaml:4:36: baseUrl must be an http or https URL such as http://127.0.0.1:8089"),
        .init(
            tenant + "locustClusters: [{ \(cluster), type: jmeter }]",
            "c.yaml:4:79: type must be one of locust, native, not jmeter"),
        .init(
            tenant + "locustClusters: [{ \(cluster), authToken: \"a\\r\\nX: y\" }]",
            "c.yaml:4:84: authToken must be printable ASCII without spaces"),
        .init(
            tenant + "locustClusters: [{ id: c, baseUrl: \"http://h\", tenantId: u, envId: dev }]",
            "c.yaml:4:58: there is no tenant u; there are t"),
        .init(
            tenant + "locustClusters: [{ id: c, baseUrl: \"http://h\", tenantId: t, envId: prod }]",
            "c.yaml:4:68: tenant t has no environment prod; it has dev"),
        .init(
            tenant + "locustClusters: [{ id: c, baseUrl: \"http://h\" }]",
            "c.yaml:4:18: tenantId is missing", "c.yaml:4:18: envId is missing"),
        .init(
            tenant + "locustClusters: [{ id: c, baseUrl: \"http://h\", serves: [] }]",
            "c.yaml:4:56: serves must name at least one environment"),
        .init(
            tenant + "locustClusters: [{ id: c, baseUrl: \"http://h\", "
                + "serves: [{ tenantId: t, envId: dev }, { tenantId: t, envId: dev }] }]",
            "c.yaml:4:86: environment dev of tenant t is served twice"),
        .init(
            tenant + "locustClusters: [{ \(cluster), serves: [{ tenantId: t, envId: dev }] }]",
            "c.yaml:4:81: give either tenantId and envId, or serves"),
        .init(
            tenant
                + "locustClusters: [{ \(cluster) }, { \(elsewhere) }]",
            "c.yaml:4:81: the cluster c is defined twice"),
        .init(
            tenant
                + "locustClusters: [{ \(cluster) }, { \(sameMaster) }]",
            "c.yaml:4:93: baseUrl is the same master as cluster c's; let that one serve both"),
        .init(
            tenant + "locustClusters: [{ \(native), maxUser: 2 }]",
            "c.yaml:4:66: unknown key maxUser; did you mean maxUsers?"),
        .init(
            tenant + "locustClusters: [{ \(native), baseUrl: \"http://h\", authToken: a }]",
            "c.yaml:4:75: baseUrl is for clusters of type locust only",
            "c.yaml:4:98: authToken is for clusters of type locust only"),
        .init(
            tenant + "locustClusters: [{ \(cluster), maxUsers: 5, threads: 1 }]",
            "c.yaml:4:83: maxUsers is for clusters of type native only",
            "c.yaml:4:95: threads is for clusters of type native only"),
        .init(
            tenant + "locustClusters: [{ \(native), maxConcurrentRuns: 0 }]",
            "c.yaml:4:85: maxConcurrentRuns must be a whole number between 1 and 1000"),
        .init(
            tenant + "locustClusters: [{ \(native), maxUsers: many }]",
            "c.yaml:4:76: maxUsers must be a whole number between 1 and 1000000"),
        .init(
            tenant + "locustClusters: [{ \(native), threads: 65 }]",
            "c.yaml:4:75: threads must be a whole number between 1 and 64"),
        .init(
            tenant + "locustClusters: [{ \(native), tls: { cafile: a } }]",
            "c.yaml:4:73: unknown key cafile; did you mean caFile?"),
        .init(
            tenant + "locustClusters: [{ \(native), tls: { clientKeyFile: a } }]",
            "c.yaml:4:71: clientCertificateFile and clientKeyFile are given together"),
        .init(
            tenant + "locustClusters: [{ \(native), tls: { caFile: \"\" } }]",
            "c.yaml:4:81: caFile must not be empty"),
        .init(
            tenant + "locustClusters: [{ \(cluster), tls: { caFile: a } }]",
            "c.yaml:4:78: tls is for masters whose baseUrl begins with https:"),
        .init(
            "server: { behindTlsProxy: maybe }",
            "c.yaml:3:27: behindTlsProxy must be true or false"),
        .init(
            "server: { trustedProxies: [10.0.0.0/8, 10.0.0.7/8, proxy, [a]] }",
            "c.yaml:3:40: 10.0.0.7/8 has bits behind its prefix: write one address, or the first "
                + "of the range",
            "c.yaml:3:52: proxy is no address or range, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8",
            "c.yaml:3:59: expected an address, not a list or keys with values"),
        .init(
            "server: { trustedProxies: 10.0.0.1, forwardedField: X-Real-IP }",
            "c.yaml:3:27: expected a list of addresses",
            "c.yaml:3:53: forwardedField must be one of X-Forwarded-For, Forwarded, not "
                + "X-Real-IP"),
        .init(
            "server: { forwardedField: Forwarded }",
            "c.yaml:3:27: forwardedField needs trustedProxies, who set it"),
        .init(
            "server: { cors: { origins: [] } }",
            "c.yaml:3:19: unknown key origins; there are allowedOrigins"),
        .init(
            "server: { cors: { allowedOrigins: [\"*\", null, \"https://a.example/\", "
                + "\"https://a.example:443\", https://A.example, \"ftp://a\", \"https://a@b\"] } }",
            "c.yaml:3:36: \(origin)", "c.yaml:3:41: \(origin)", "c.yaml:3:47: \(origin)",
            "c.yaml:3:69: \(origin)", "c.yaml:3:94: \(origin)", "c.yaml:3:113: \(origin)",
            "c.yaml:3:124: \(origin)"),
        .init(
            "server: { strictTransportSeconds: -1 }",
            "c.yaml:3:35: strictTransportSeconds must be a whole number between 0 and 63072000"),
        .init(
            "server: { rateLimit: { perSecond: 1, burst: 5, stops: { requestsPerSecond: 0 }, "
                + "anonymous: 3 } }",
            "c.yaml:3:24: unknown key perSecond; there are requestsPerSecond, burst, stops, "
                + "callbacks, anonymous, overrides",
            "c.yaml:3:45: burst needs requestsPerSecond",
            "c.yaml:3:76: requestsPerSecond must be a number of requests a second between 0.1 "
                + "and 1000000.0",
            "c.yaml:3:92: expected keys with values, such as requestsPerSecond: ..."),
        .init(
            "server: { rateLimit: { overrides: [{ requestsPerSecond: 1 }, { token: a }, "
                + "{ tenantId: x, requestsPerSecond: 1 }, { token: a, requestsPerSecond: 1 }, "
                + "{ token: a, requestsPerSecond: 2 }] } }",
            "c.yaml:3:36: an override names a tenantId, the token of one, or a token of no tenant",
            "c.yaml:3:62: requestsPerSecond is missing", "c.yaml:3:88: there is no tenant x",
            "c.yaml:3:151: a rate is given twice for the same tokens"),
        .init(
            "server: { tls: [] }",
            "c.yaml:3:16: expected keys with values, such as certificateFile: ..."),
        .init(
            "server: { tls: { certFile: a, clientCertificates: always, minVersion: 1.1 } }",
            "c.yaml:3:16: certificateFile is missing", "c.yaml:3:16: keyFile is missing",
            "c.yaml:3:18: unknown key certFile; there are certificateFile, keyFile, minVersion, "
                + "clientCaFile, clientCertificates",
            "c.yaml:3:51: clientCertificates must be one of required, optional, not always",
            "c.yaml:3:51: clientCertificates needs clientCaFile, who vouches for them",
            "c.yaml:3:71: minVersion must be one of 1.2, 1.3, not 1.1"),
        .init(
            "server: { tls: { certificateFile: /nowhere/a, keyFile: \"${A:-/nowhere/b}\", "
                + "clientCaFile: /nowhere/c } }",
            "c.yaml:3:35: certificateFile /nowhere/a cannot be used: No such file or directory",
            "c.yaml:3:56: keyFile ${A:-/nowhere/b} cannot be used: No such file or directory",
            "c.yaml:3:90: clientCaFile /nowhere/c cannot be used: No such file or directory"),
        .init(
            tenant
                + "locustClusters: [{ id: c, type: nativ, tenantId: t, envId: dev, threads: 2 }]",
            "c.yaml:4:33: type must be one of locust, native, not nativ"),
        .init(
            "orchestrator: { metricsPollIntervalSeconds: 0.4 }",
            "c.yaml:3:45: metricsPollIntervalSeconds must be a number of seconds between 0.5 "
                + "and 3600.0"
        ),
        .init(
            "orchestrator: { metricsPollIntervalSeconds: .nan }",
            "c.yaml:3:45: metricsPollIntervalSeconds must be a number of seconds between 0.5 "
                + "and 3600.0"
        ),
        .init(
            "orchestrator: { metricsPollIntervalSeconds: 10, leaseSeconds: 29 }",
            "c.yaml:3:63: leaseSeconds must be at least three times metricsPollIntervalSeconds"),
        .init(
            "logging: { level: loud }",
            "c.yaml:3:19: level must be one of debug, info, warning, error, not loud"),
        .init(
            "server: { host: \"${A} ${B}\" }",
            "c.yaml:3:17: the environment variable A is not set; set it or write ${A:-default}",
            "c.yaml:3:17: the environment variable B is not set; set it or write ${B:-default}"),
        .init(
            "server: { host: \"${A\" }",
            "c.yaml:3:17: write ${NAME}, ${NAME:-default} or ${file:/path}; "
                + "for a plain ${ write $${"),
        .init(
            "server: { host: \"${A:-${B}}\" }",
            "c.yaml:3:17: write ${NAME}, ${NAME:-default} or ${file:/path}; "
                + "for a plain ${ write $${"),
    ]
}
