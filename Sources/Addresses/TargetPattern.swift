/// One entry of a list of targets: hosts or addresses, and ports.
///
/// - `shop.example.org`: this host alone
/// - `*.example.org`: every host below it, and not itself
/// - `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`: addresses, also those that a name leads to
/// - `*`: everything but the special addresses (`SpecialRange`)
///
/// Each may end in `:443` or `:8000-8999`; an IPv6 range stands in brackets then, `[fd00::/8]:443`.
package struct TargetPattern: Hashable, Sendable {
    package enum Place: Hashable, Sendable {
        case anything
        case host(String)
        case hostsBelow(String)
        case range(AddressRange)
    }

    package let place: Place
    /// Nil for all.
    package let ports: ClosedRange<Int>?

    package init(_ place: Place, ports: ClosedRange<Int>? = nil) {
        (self.place, self.ports) = (place, ports)
    }

    /// Whether the pattern is about this server, by its name or by one of its addresses.
    package func matches(_ server: TargetServer, at addresses: [IPAddress] = []) -> Bool {
        guard includes(port: server.port) else { return false }
        if place == .anything || names(server.host) { return true }
        var known = addresses
        if case .address(let own) = server.host { known.append(own) }
        return known.contains { contains($0) || $0.embedded.contains(where: contains) }
    }

    func includes(port: Int) -> Bool { ports?.contains(port) ?? true }

    /// Whether the pattern is about this host by its name.
    func names(_ host: TargetHost) -> Bool {
        guard case .name(let name) = host else { return false }
        switch place {
        case .host(let own): return name == own
        case .hostsBelow(let parent): return name.hasSuffix(".\(parent)")
        case .anything, .range: return false
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        if case .range(let range) = place { range.contains(address) } else { false }
    }
}

extension TargetPattern {
    /// Why a text is no entry; a part of a sentence.
    package struct Fault: Error, Equatable, Sendable {
        package let message: String
    }

    package init(_ text: String) throws(Fault) {
        let (place, ports) = Self.split(text)
        self.init(try Self.place(place), ports: try ports.map(Self.ports))
    }

    /// Where ports may begin: behind a bracket, or behind the only colon.
    private static func split(_ text: String) -> (place: Substring, ports: Substring?) {
        if text.hasPrefix("["), let end = text.lastIndex(of: "]") {
            let rest = text[text.index(after: end)...]
            let place = text[text.index(after: text.startIndex)..<end]
            guard place.contains(":") else { return (text[...], nil) }
            if rest.isEmpty { return (place, nil) }
            // Without its colon it is no port, and the whole no place.
            return rest.hasPrefix(":") ? (place, rest.dropFirst()) : (text[...], nil)
        }
        guard let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") else {
            return (text[...], nil)
        }
        return (text[..<colon], text[text.index(after: colon)...])
    }

    private static func place(_ text: Substring) throws(Fault) -> Place {
        if text == "*" { return .anything }
        let isBelow = text.hasPrefix("*.")
        let name = isBelow ? text.dropFirst(2) : text
        if !isBelow, text.contains("/") || text.contains(":") || IPAddress(text) != nil {
            do throws(AddressRange.Fault) {
                return .range(try AddressRange(text))
            } catch {
                throw Fault(message: error.message)
            }
        }
        let host: TargetHost
        do throws(TargetHost.Fault) {
            host = try TargetHost(String(name))
        } catch {
            throw Fault(message: error.message)
        }
        guard case .name(let name) = host else {
            throw Fault(message: "is an address, which has no hosts below it")
        }
        return isBelow ? .hostsBelow(name) : .host(name)
    }

    private static func ports(_ text: Substring) throws(Fault) -> ClosedRange<Int> {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part -> Int? in
            guard (1...5).contains(part.utf8.count),
                part.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(part),
                (1...65_535).contains(number)
            else { return nil }
            return number
        }
        guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last,
            first <= last
        else { throw Fault(message: "has ports that are no 443 and no 8000-8999") }
        return first...last
    }
}

extension TargetPattern: CustomStringConvertible {
    /// In the form that is read.
    package var description: String {
        let text =
            switch place {
            case .anything: "*"
            case .host(let name): name
            case .hostsBelow(let name): "*.\(name)"
            case .range(let range):
                ports != nil && range.first.family == .v6 ? "[\(range)]" : "\(range)"
            }
        guard let ports else { return text }
        return ports.count == 1
            ? "\(text):\(ports.lowerBound)" : "\(text):\(ports.lowerBound)-\(ports.upperBound)"
    }
}
