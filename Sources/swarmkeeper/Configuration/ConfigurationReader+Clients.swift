import Addresses
import Foundation
import HTTPServer
import YAML

/// What stands between the service and its clients: proxies and browsers.
extension ConfigurationReader {
    static let clientKeys = [
        "trustedProxies", "forwardedField", "cors", "strictTransportSeconds",
    ]

    /// Two years, the most that anybody asks for.
    private static let strictTransportSecondsMax = 63_072_000

    mutating func readClients(_ fields: NodeReader.Fields) {
        for item in reader.items(of: fields["trustedProxies"], what: "addresses") {
            guard let text = reader.string(item, "an address") else { continue }
            do {
                configuration.server.trustedProxies.append(try AddressRange(text))
            } catch {
                reader.report(item.position, "\(text) \(error.message)")
            }
        }
        let field = choice(
            fields["forwardedField"], "forwardedField", among: TrustedProxies.Field.allCases)
        if let field { configuration.server.forwardedField = field }
        if let node = fields["forwardedField"], fields["trustedProxies"] == nil {
            reader.report(node.position, "forwardedField needs trustedProxies, who set it")
        }
        let cors = reader.fields(of: fields["cors"], known: ["allowedOrigins"])
        for item in reader.items(of: cors["allowedOrigins"], what: "origins") {
            guard let text = reader.string(item, "an origin") else { continue }
            guard Self.isOrigin(text) else {
                reader.report(
                    item.position,
                    "an origin is written as browsers do, such as https://board.example:8443: no "
                        + "path, no usual port, and never *")
                continue
            }
            configuration.server.allowedOrigins.append(text)
        }
        let seconds = reader.integer(
            fields["strictTransportSeconds"], "strictTransportSeconds",
            in: 0...Self.strictTransportSecondsMax)
        if let seconds { configuration.server.strictTransportSeconds = seconds }
    }

    /// Whether `text` is an origin in the one form that browsers send (RFC 6454, section 6.2).
    private static func isOrigin(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty,
            let scheme = url.scheme, let usual = ["http": 80, "https": 443][scheme],
            (1...65_535).contains(url.port ?? usual), url.port != usual
        else { return false }
        let port = url.port.map { ":\($0)" } ?? ""
        return text == "\(scheme)://\(host.lowercased())\(port)"
    }
}
