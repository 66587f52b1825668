import HTTP

/// Keeps what an answer is made of, up to the limit.
struct AnswerCollector: ResponseObserver {
    private var headers: [String: String] = [:]
    private var body: [UInt8] = []
    private(set) var isTooLarge = false

    var bodyBytes: Int { body.count }

    /// Of repeated fields the first counts; of those that are looked at there is one.
    mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
        let name = name.text.lowercased()
        if headers[name] == nil { headers[name] = value.text }
    }

    mutating func content(_ bytes: Span<UInt8>) {
        guard body.count + bytes.count <= TransportAnswer.bodyBytesMax else {
            isTooLarge = true
            return
        }
        bytes.withUnsafeBytes { body.append(contentsOf: $0) }
    }

    /// What has come of the body since the last time.
    mutating func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    func answer(status: Int) -> TransportAnswer {
        TransportAnswer(status: status, headers: headers, body: body)
    }
}

extension Span<UInt8> {
    fileprivate var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}
