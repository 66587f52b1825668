import HTTP
import Logging

/// Of which trace a request is a part, as its caller tells by W3C Trace Context.
struct TraceContext: Equatable, Sendable {
    /// 32 digits.
    let traceID: String
    /// Of the caller's part of the trace; 16 digits.
    let parentID: String
    let isSampled: Bool
    /// What other systems on the way have added; empty for nothing.
    let state: String
    /// Of our part of it.
    let spanID: String

    /// Longest `tracestate` that is taken note of (section 3.3.1.5); a longer one is left out.
    static let stateLengthMax = 512

    /// Nil without a `traceparent`, and for one that section 3.2 says to ignore: a trace is no
    /// reason to refuse a request.
    init?(_ headers: HeaderFields, spanID: String = Self.newSpanID()) {
        let fields = headers.values("traceparent")
        guard fields.count == 1 else { return nil }
        let parts = fields[0].split(separator: "-", omittingEmptySubsequences: false)
        // A later version may have more behind its flags; this one may not (section 4.3).
        guard parts.count == 4 || (parts.count > 4 && parts[0] != "00"),
            Self.isHex(parts[0], 2), parts[0] != "ff",
            Self.isHex(parts[1], 32), parts[1].contains(where: { $0 != "0" }),
            Self.isHex(parts[2], 16), parts[2].contains(where: { $0 != "0" }),
            Self.isHex(parts[3], 2), let flags = UInt8(parts[3], radix: 16)
        else { return nil }
        traceID = String(parts[1])
        parentID = String(parts[2])
        isSampled = flags & 1 == 1
        let state = headers.values("tracestate").joined(separator: ",")
        self.state = state.utf8.count <= Self.stateLengthMax ? state : ""
        self.spanID = spanID
    }

    /// Tells the caller which part of the trace the answer is of: `traceresponse` of Level 2.
    func mark(_ response: inout Response) {
        response.headers.set("traceresponse", "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")")
    }

    var logFields: [String: LogValue] {
        var fields: [String: LogValue] = [
            "traceId": .string(traceID), "parentId": .string(parentID), "spanId": .string(spanID),
        ]
        if !state.isEmpty { fields["traceState"] = .string(state) }
        return fields
    }

    static func newSpanID() -> String {
        // Zero alone is none.
        let digits = String(UInt64.random(in: 1...UInt64.max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Lower-case digits only (section 3.2.2).
    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
