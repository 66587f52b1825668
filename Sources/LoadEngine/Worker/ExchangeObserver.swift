import HTTP

/// Sees to what a program wants to know of a response beside its status.
struct ExchangeObserver: ResponseObserver {
    var capture = ResponseCapture()
    var inspects = false
    /// The Location field, where redirects are followed.
    var location: [UInt8] = []

    mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
        if inspects { capture.field(name: name, value: value) }
        if name.isLocation {
            location.removeAll(keepingCapacity: true)
            for index in value.indices { location.append(value[index]) }
        }
    }

    mutating func content(_ bytes: Span<UInt8>) {
        if inspects { capture.content(bytes) }
    }
}

extension Span<UInt8> {
    fileprivate var isLocation: Bool {
        let name: StaticString = "location"
        guard count == name.utf8CodeUnitCount else { return false }
        // Letters differ from their capitals in one bit.
        return name.withUTF8Buffer { text in
            indices.allSatisfy { self[$0] | 0x20 == text[$0] }
        }
    }
}
