import API
import YAML

/// How often callers may ask.
extension ConfigurationReader {
    private static let limitKeys = ["requestsPerSecond", "burst"]
    private static let rates = 0.1...1_000_000.0
    private static let bursts = 1...1_000_000

    /// To be called when all tenants are known.
    mutating func readRateLimits(_ node: Node?) {
        let fields = reader.fields(
            of: node,
            known: Self.limitKeys + ["stops", "callbacks", "anonymous", "overrides"])
        var limits = RateLimits()
        limits.general = rateLimit(fields) ?? limits.general
        limits.stops = rateLimit(fields["stops"]) ?? limits.stops
        limits.callbacks = rateLimit(fields["callbacks"]) ?? limits.callbacks
        limits.anonymous = rateLimit(fields["anonymous"]) ?? limits.anonymous
        for item in reader.items(of: fields["overrides"], what: "overrides") {
            guard let new = override(item) else { continue }
            if limits.overrides.contains(where: {
                ($0.tenantID, $0.token) == (new.tenantID, new.token)
            }) {
                reader.report(item.position, "a rate is given twice for the same tokens")
            }
            limits.overrides.append(new)
        }
        configuration.rateLimits = limits
    }

    private mutating func override(_ node: Node) -> RateLimits.Override? {
        let fields = reader.fields(of: node, known: ["tenantId", "token"] + Self.limitKeys)
        let tenantID = reader.string(fields["tenantId"], "tenantId")
        let token = reader.string(fields["token"], "token")
        if let node = fields["tenantId"], let tenantID,
            configuration.catalog.tenant(tenantID) == nil
        {
            // As it is written: what a variable contains may be a secret in the wrong place.
            reader.report(node.position, "there is no tenant \(node.text ?? tenantID)")
        }
        guard fields["tenantId"] != nil || fields["token"] != nil else {
            reader.report(
                node.position,
                "an override names a tenantId, the token of one, or a token of no tenant")
            return nil
        }
        guard fields["requestsPerSecond"] != nil else {
            reader.report(node.position, "requestsPerSecond is missing")
            return nil
        }
        guard let limit = rateLimit(fields) else { return nil }
        return RateLimits.Override(tenantID: tenantID, token: token, limit: limit)
    }

    private mutating func rateLimit(_ node: Node?) -> RateLimit? {
        guard let node else { return nil }
        return rateLimit(reader.fields(of: node, known: Self.limitKeys))
    }

    /// Two seconds' worth at once, where only the rate is said.
    private mutating func rateLimit(_ fields: NodeReader.Fields) -> RateLimit? {
        let burst = reader.integer(fields["burst"], "burst", in: Self.bursts)
        guard fields["requestsPerSecond"] != nil else {
            if let node = fields["burst"] {
                reader.report(node.position, "burst needs requestsPerSecond")
            }
            return nil
        }
        let rate = reader.number(
            fields["requestsPerSecond"], "requestsPerSecond", "requests a second", in: Self.rates)
        guard let rate else { return nil }
        let usual = min(Self.bursts.upperBound, max(1, Int((rate * 2).rounded(.up))))
        return RateLimit(requestsPerSecond: rate, burst: burst ?? usual)
    }
}
