/// The host of a URL, in the one form in which rules are held against it.
package enum TargetHost: Hashable, Sendable {
    /// In lower case and without the dot that may end it.
    case name(String)
    case address(IPAddress)

    /// Why a text is no host; a part of a sentence.
    package struct Fault: Error, Equatable, Sendable {
        package let message: String
    }

    /// Longest name that the name service knows, and longest part of one (RFC 1035, section 2.3.4).
    private static let nameBytesMax = 253
    private static let labelBytesMax = 63

    /// Takes a host as it stands in a URL, with or without the brackets of IPv6.
    ///
    /// - Throws: for whatever two programs may understand differently: addresses written as
    ///   `2130706433`, `0x7f.1` or `127.1`, escapes, zones, and names with other letters than
    ///   ASCII's.
    package init(_ text: String) throws(Fault) {
        var bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "[") {
            guard bytes.count > 2, bytes.last == UInt8(ascii: "]"),
                let address = IPAddress(text.dropFirst().dropLast()), text.contains(":")
            else { throw Fault(message: "is no IPv6 address such as [2001:db8::1]") }
            self = .address(address)
            return
        }
        if let address = IPAddress(text) {
            self = .address(address)
            return
        }
        guard bytes.allSatisfy({ $0 < 0x80 }) else {
            throw Fault(message: "has other letters than ASCII's; write them as xn--...")
        }
        if bytes.last == UInt8(ascii: ".") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw Fault(message: "is empty") }
        guard bytes.count <= Self.nameBytesMax else {
            throw Fault(message: "is longer than \(Self.nameBytesMax) bytes")
        }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...Self.labelBytesMax).contains($0.count) }) else {
            throw Fault(message: "has a part that is empty or longer than 63 bytes")
        }
        guard bytes.allSatisfy(Self.isOfName) else {
            throw Fault(message: "has other characters than letters, digits, dots, - and _")
        }
        guard let last = labels.last, !Self.isNumber(last) else {
            throw Fault(
                message: "ends in a number, and is no address such as 192.0.2.7 in four decimal "
                    + "numbers without leading zeros")
        }
        self = .name(String(decoding: bytes, as: UTF8.self).lowercased())
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// What makes browsers and C libraries take the whole for an address (WHATWG URL, section 3.5).
    private static func isNumber(_ label: ArraySlice<UInt8>) -> Bool {
        if label.allSatisfy({ 0x30...0x39 ~= $0 }) { return true }
        let rest = label.dropFirst(2)
        return label.first == UInt8(ascii: "0") && label.count >= 2
            && label[label.startIndex + 1] | 0x20 == UInt8(ascii: "x")
            && rest.allSatisfy {
                0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 | 0x20
            }
    }
}

extension TargetHost: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let name): name
        case .address(let address): "\(address)"
        }
    }
}
