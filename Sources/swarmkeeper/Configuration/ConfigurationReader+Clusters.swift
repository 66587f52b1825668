import ControlPlane
import Foundation
import YAML

/// The clusters of each kind.
extension ConfigurationReader {
    mutating func readClusters(_ node: Node?) {
        var clusters: [Cluster] = []
        for item in reader.items(of: node, what: "clusters") {
            let fields = reader.fields(
                of: item, known: Self.commonKeys + Self.locustKeys + Self.nativeKeys)
            let id = identifier("id", in: fields, taken: clusters.map(\.id), what: "cluster")
            let generator = generator(fields, among: clusters)
            let serves = served(fields)
            guard let id, let generator else { continue }
            clusters.append(Cluster(id: id, generator: generator, serves: serves))
        }
        configuration.catalog = Catalog(
            tenants: configuration.catalog.tenants, clusters: clusters)
    }

    private static let commonKeys = ["id", "type", "tenantId", "envId", "serves", "tls"]
    private static let locustKeys = ["baseUrl", "authToken"]
    private static let nativeKeys = ["maxConcurrentRuns", "maxUsers", "threads"]

    /// Also of a cluster that cannot be used the rest is read, for its own mistakes; but of one
    /// whose type nobody knows, nobody knows which keys it has.
    private mutating func generator(_ fields: NodeReader.Fields, among known: [Cluster])
        -> Cluster.Generator?
    {
        let kind =
            fields["type"] == nil
            ? .locust : choice(fields["type"], "type", among: Cluster.Kind.allCases)
        switch kind {
        case .locust:
            refuse(Self.nativeKeys, of: .native, in: fields)
            return locust(fields, among: known).map { .locust($0) }
        case .native:
            refuse(Self.locustKeys, of: .locust, in: fields)
            return .native(native(fields))
        case nil:
            return nil
        }
    }

    private mutating func refuse(
        _ keys: [String], of kind: Cluster.Kind, in fields: NodeReader.Fields
    ) {
        for key in keys {
            guard let node = fields[key] else { continue }
            reader.report(
                node.position, "\(key) is for clusters of type \(kind.rawValue) only")
        }
    }

    private mutating func locust(_ fields: NodeReader.Fields, among known: [Cluster])
        -> LocustSettings?
    {
        let address = baseURL(fields)
        let authToken = authToken(fields["authToken"])
        checkMaster(of: fields["baseUrl"], address, among: known)
        let tls = tlsFiles(fields["tls"])
        if let node = fields["tls"], let address, !address.hasPrefix("https:") {
            reader.report(node.position, "tls is for masters whose baseUrl begins with https:")
        }
        return address.map { LocustSettings(baseURL: $0, authToken: authToken, tls: tls) }
    }

    private mutating func native(_ fields: NodeReader.Fields) -> NativeSettings {
        var settings = NativeSettings()
        if let runs = reader.integer(
            fields["maxConcurrentRuns"], "maxConcurrentRuns",
            in: 1...NativeSettings.concurrentRunsMax)
        {
            settings.maxConcurrentRuns = runs
        }
        if let users = reader.integer(
            fields["maxUsers"], "maxUsers", in: 1...PlanLimits.usersMax)
        {
            settings.maxUsers = users
        }
        if let threads = reader.integer(
            fields["threads"], "threads", in: 1...NativeSettings.threadsMax)
        {
            settings.threads = threads
        }
        settings.tls = tlsFiles(fields["tls"])
        return settings
    }

    private mutating func baseURL(_ fields: NodeReader.Fields) -> String? {
        guard let node = fields["baseUrl"] else {
            reader.report(fields.position, "baseUrl is missing, such as http://127.0.0.1:8089")
            return nil
        }
        return url(node, "baseUrl")
    }

    /// One environment by `tenantId` and `envId`, or several by `serves`.
    private mutating func served(_ fields: NodeReader.Fields) -> [EnvironmentKey] {
        guard let node = fields["serves"] else { return environment(fields).map { [$0] } ?? [] }
        if fields["tenantId"] != nil || fields["envId"] != nil {
            reader.report(node.position, "give either tenantId and envId, or serves")
        }
        let items = reader.items(of: node, what: "environments")
        if items.isEmpty, case .sequence = node.value {
            reader.report(node.position, "serves must name at least one environment")
        }
        var keys: [EnvironmentKey] = []
        for item in items {
            let entry = reader.fields(of: item, known: ["tenantId", "envId"])
            guard let key = environment(entry) else { continue }
            if keys.contains(key) {
                reader.report(
                    item.position,
                    "environment \(key.envID) of tenant \(key.tenantID) is served twice")
            }
            keys.append(key)
        }
        return keys
    }

    private mutating func authToken(_ node: Node?) -> String {
        guard let node, let token = reader.string(node, "authToken") else { return "" }
        if token.unicodeScalars.contains(where: { !("!"..."~").contains($0) }) {
            reader.report(node.position, "authToken must be printable ASCII without spaces")
        }
        return token
    }

    /// Two clusters on one master would both believe to have it for themselves.
    private mutating func checkMaster(of node: Node?, _ address: String?, among known: [Cluster]) {
        guard let node, let address else { return }
        let master = Self.master(at: address)
        guard
            let other = known.first(where: {
                $0.locust.flatMap { Self.master(at: $0.baseURL) } == master
            })
        else {
            return
        }
        reader.report(
            node.position,
            "baseUrl is the same master as cluster \(other.id)'s; let that one serve both")
    }

    private static func master(at url: String) -> String? {
        guard let parts = URLComponents(string: url), let host = parts.host else { return nil }
        let port = parts.port ?? (parts.scheme == "https" ? 443 : 80)
        return "\(host.lowercased()):\(port)\(parts.path)"
    }

    private mutating func environment(_ fields: NodeReader.Fields) -> EnvironmentKey? {
        let tenantID = reader.requiredString("tenantId", in: fields)
        let envID = reader.requiredString("envId", in: fields)
        guard let tenantID, let envID else { return nil }
        guard let tenant = configuration.catalog.tenant(tenantID) else {
            let known = configuration.catalog.tenants.map(\.id)
            reader.report(
                fields["tenantId"]?.position ?? fields.position,
                "there is no tenant \(fields["tenantId"]?.text ?? tenantID); "
                    + (known.isEmpty
                        ? "none is defined" : "there are \(known.joined(separator: ", "))"))
            return nil
        }
        guard tenant.environments.contains(envID) else {
            reader.report(
                fields["envId"]?.position ?? fields.position,
                "tenant \(tenantID) has no environment \(fields["envId"]?.text ?? envID); it has "
                    + tenant.environments.joined(separator: ", "))
            return nil
        }
        return EnvironmentKey(tenantID: tenantID, envID: envID)
    }
}
