import HTTP

/// What has to be looked at in a response: checks of its body, and values to take out of it.
package struct Inspection: Hashable, Sendable {
    /// Fields to keep, in lower case, without repetitions.
    let fields: [[UInt8]]
    /// Texts that the body must have, or must not.
    let needles: [Needle]
    /// Longest good body.
    let bodyBytesMax: Int?
    let extractions: [Extraction]

    /// Nothing to look at.
    package init() {
        self.init(needles: [], bodyBytesMax: nil, extractions: [])
    }

    init(needles: [Needle], bodyBytesMax: Int?, extractions: [Extraction]) {
        precondition(needles.count <= Needle.countMax, "as many as there are bits")
        self.needles = needles
        self.bodyBytesMax = bodyBytesMax
        self.extractions = extractions
        var fields: [[UInt8]] = []
        for case .field(let name) in extractions.map(\.source) where !fields.contains(name) {
            fields.append(name)
        }
        self.fields = fields
    }

    var isEmpty: Bool { needles.isEmpty && bodyBytesMax == nil && extractions.isEmpty }

    private var readsBodyAsWhole: Bool { extractions.contains { $0.source.isOfBody } }

    /// Makes ready for the response to a request with this inspection.
    func begin(_ capture: inout ResponseCapture) {
        capture.reset()
        capture.want(fields: fields, needles: needles, body: readsBodyAsWhole)
    }

    /// Judges a complete response, and takes values out of it for `user`.
    ///
    /// - Parameter bodyByteCount: also of a body too long to be captured whole.
    /// - Returns: what is wrong, in words; nil when all checks hold.
    func fault(
        in capture: ResponseCapture, bodyByteCount: Int, user: inout ScriptUser
    ) -> String? {
        if let bodyBytesMax, bodyByteCount > bodyBytesMax {
            return "a body of \(bodyByteCount) bytes, more than \(bodyBytesMax)"
        }
        for (index, needle) in needles.enumerated()
        where capture.hasFound(index) != needle.isWanted {
            return "the body \(needle.isWanted ? "lacks" : "has") \"\(needle.shown)\""
        }
        for extraction in extractions {
            if let fault = extraction.fault(in: capture, fields: fields, user: &user) {
                return fault
            }
        }
        return nil
    }
}

/// A text that is looked for in bodies.
struct Needle: Hashable, Sendable {
    /// Most of one request: what was found is kept as bits.
    static let countMax = 64
    /// Longest text: that much of a body is kept from one piece to the next.
    static let bytesMax = 4096

    let bytes: [UInt8]
    /// Whether the body must have it, and not lack it.
    let isWanted: Bool

    /// - Parameter bytes: 1...`bytesMax`.
    init(_ bytes: [UInt8], isWanted: Bool) {
        precondition((1...Self.bytesMax).contains(bytes.count), "a text to look for")
        self.bytes = bytes
        self.isWanted = isWanted
    }

    /// For an example of a failure, which is one line.
    var shown: String { String(decoding: bytes.prefix(60), as: UTF8.self) }
}
