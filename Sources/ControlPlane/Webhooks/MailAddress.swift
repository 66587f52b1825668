/// Addresses that can be written into a message and a command without quoting, so that nothing in
/// them can begin another line or another recipient.
package enum MailAddress {
    /// RFC 5321, section 4.5.3.1: a path has 256 octets with its brackets.
    package static let lengthMax = 254

    /// A dot-atom (RFC 5322, section 3.2.3) at a domain of letters, digits and hyphens.
    package static func isValid(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= lengthMax, parts.count == 2, (1...64).contains(parts[0].utf8.count)
        else { return false }
        return isDotted(parts[0]) { isAlphanumeric($0) || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
            && isDotted(parts[1]) { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isDotted(_ text: Substring, _ isAllowed: (UInt8) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0.utf8.allSatisfy(isAllowed)
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }
}
