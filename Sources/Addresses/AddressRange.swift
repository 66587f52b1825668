/// Addresses with the same beginning, as `10.0.0.0/8` (RFC 4632, section 3.1).
package struct AddressRange: Hashable, Sendable {
    package let first: IPAddress
    /// Bits that all of them share: 0 to 32, or to 128.
    package let prefixLength: Int

    /// The range of one address.
    package init(_ address: IPAddress) {
        (first, prefixLength) = (address, address.family.width)
    }

    private init(first: IPAddress, prefixLength: Int) {
        (self.first, self.prefixLength) = (first, prefixLength)
    }

    package func contains(_ address: IPAddress) -> Bool {
        guard address.family == first.family else { return false }
        let rest = first.family.width - prefixLength
        // A shift by all bits gives 0 on both sides.
        return address.bits >> rest == first.bits >> rest
    }

    /// Whether every address of `other` is in this range.
    package func contains(_ other: AddressRange) -> Bool {
        other.prefixLength >= prefixLength && contains(other.first)
    }
}

extension AddressRange {
    /// Why a text is no range; a part of a sentence.
    package struct Fault: Error, Equatable, Sendable {
        package let message: String
    }

    /// Reads an address, or an address and the length of its prefix.
    ///
    /// - Throws: also for an address with bits behind the prefix: `10.0.0.7/8` may have been meant
    ///   as one address or as all.
    package init(_ text: some StringProtocol) throws(Fault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let address = IPAddress(parts[0]) else {
            throw Fault(
                message: "is no address or range, such as 10.0.0.7, 10.0.0.0/8 or fd00::/8")
        }
        guard parts.count == 2 else {
            self.init(address)
            return
        }
        // As it was written: a mapped address reads as the IPv4 address that it stands for.
        let isWrittenAsV6 = parts[0].contains(":")
        let width = isWrittenAsV6 ? 128 : 32
        let digits = parts[1].utf8
        guard (1...3).contains(digits.count), digits.allSatisfy({ 0x30...0x39 ~= $0 }),
            let written = Int(parts[1]), written <= width
        else { throw Fault(message: "has a prefix length that is none of 0 to \(width)") }
        let shift = isWrittenAsV6 && address.family == .v4 ? 96 : 0
        let length = written - shift
        let rest = address.family.width - length
        guard length >= 0, (address.bits >> rest) << rest == address.bits else {
            throw Fault(
                message: "has bits behind its prefix: write one address, or the first of the range")
        }
        self.init(first: address, prefixLength: length)
    }
}

extension AddressRange: CustomStringConvertible {
    package var description: String {
        prefixLength == first.family.width ? "\(first)" : "\(first)/\(prefixLength)"
    }
}
