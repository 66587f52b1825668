/// The versions of TLS that are spoken. Older ones are broken and refused by everybody (RFC 8996).
package enum TLSVersion: String, CaseIterable, Sendable {
    case tls12 = "1.2"
    case tls13 = "1.3"
}
