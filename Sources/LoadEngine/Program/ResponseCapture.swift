import Glibc
import HTTP

/// What is kept of a response while it is read: what its inspection asked for, and no more.
package struct ResponseCapture: ResponseObserver, Sendable {
    /// Longest part of a body that values are taken out of. Answers with values in them are pages
    /// and documents; every connection may hold one.
    package static let bodyBytesMax = 1_048_576

    /// Memory kept from one response to the next: enough for common answers, and little beside
    /// what a connection costs the kernel.
    private static let bytesKept = 16_384

    private var wantedFields: [[UInt8]] = []
    private var needles: [Needle] = []
    private var wantsBody = false
    /// Longest of `needles` less one: what of a piece may begin a match with the next.
    private var tailBytesMax = 0

    private(set) var body: [UInt8] = []
    /// Whether the body went on behind `bodyBytesMax`.
    private(set) var isBodyCut = false
    private var tail: [UInt8] = []
    private var found: UInt64 = 0
    private var fieldValues: [[UInt8]?] = []

    package init() {}

    /// Forgets all, and wants nothing.
    mutating func reset() {
        if !wantedFields.isEmpty { wantedFields = [] }
        if !needles.isEmpty { needles = [] }
        wantsBody = false
        isBodyCut = false
        found = 0
        if !body.isEmpty { body.removeAll(keepingCapacity: body.capacity <= Self.bytesKept) }
        if !tail.isEmpty { tail.removeAll(keepingCapacity: true) }
        if !fieldValues.isEmpty { fieldValues.removeAll(keepingCapacity: true) }
    }

    mutating func want(fields: [[UInt8]], needles: [Needle], body: Bool) {
        wantsBody = body
        self.needles = needles
        wantedFields = fields
        tailBytesMax = 0
        for needle in needles { tailBytesMax = max(tailBytesMax, needle.bytes.count - 1) }
        for _ in fields { fieldValues.append(nil) }
    }

    func hasFound(_ needle: Int) -> Bool { found & 1 << UInt64(needle) != 0 }

    /// The value of the wanted field `index`.
    func value(ofField index: Int) -> [UInt8]? { fieldValues[index] }

    package mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
        for index in wantedFields.indices
        where fieldValues[index] == nil && Self.spells(name, wantedFields[index]) {
            fieldValues[index] = value.withUnsafeBytes { [UInt8]($0) }
        }
    }

    package mutating func content(_ bytes: Span<UInt8>) {
        if wantsBody { keep(bytes) }
        if !needles.isEmpty { search(bytes) }
    }

    private mutating func keep(_ bytes: Span<UInt8>) {
        let room = min(bytes.count, Self.bodyBytesMax - body.count)
        if room < bytes.count { isBodyCut = true }
        bytes.extracting(first: room).withUnsafeBytes { body.append(contentsOf: $0) }
    }

    /// Whether `name` is `wanted`, which is in lower case, in any case.
    private static func spells(_ name: Span<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard name.count == wanted.count else { return false }
        for index in 0..<name.count where name[index].lowercased != wanted[index] { return false }
        return true
    }
}

// MARK: Texts that may span pieces

extension ResponseCapture {
    private mutating func search(_ bytes: Span<UInt8>) {
        if !tail.isEmpty {
            // A match that begins in the last piece ends within so many bytes of this one.
            bytes.extracting(first: min(tailBytesMax, bytes.count)).withUnsafeBytes {
                tail.append(contentsOf: $0)
            }
            found = tail.withUnsafeBytes { newlyFound(in: $0) }
        }
        found = bytes.withUnsafeBytes { newlyFound(in: $0) }
        keepTail(of: bytes)
    }

    /// `found`, and what is found in `bytes`.
    private func newlyFound(in bytes: UnsafeRawBufferPointer) -> UInt64 {
        var found = found
        for index in needles.indices where !hasFound(index) {
            let isThere = needles[index].bytes.withUnsafeBytes { Self.has($0, in: bytes) }
            if isThere { found |= 1 << UInt64(index) }
        }
        return found
    }

    /// By the C library's scan for the first byte, which is what vectors are good at.
    private static func has(
        _ needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer
    ) -> Bool {
        guard let text = needle.baseAddress, let first = needle.first,
            var place = bytes.baseAddress
        else { return false }
        var places = bytes.count - needle.count + 1
        while places > 0, let found = memchr(place, Int32(first), places) {
            if memcmp(found, text, needle.count) == 0 { return true }
            places -= UnsafeRawPointer(found) - place + 1
            place = UnsafeRawPointer(found) + 1
        }
        return false
    }

    /// Keeps the last `tailBytesMax` bytes of the body so far. `tail` ends with the beginning of
    /// `bytes`, all of which it holds if they are few.
    private mutating func keepTail(of bytes: Span<UInt8>) {
        if bytes.count >= tailBytesMax || tail.isEmpty {
            tail.removeAll(keepingCapacity: true)
            bytes.extracting(last: min(tailBytesMax, bytes.count)).withUnsafeBytes {
                tail.append(contentsOf: $0)
            }
        } else {
            tail.removeFirst(max(0, tail.count - tailBytesMax))
        }
    }
}
