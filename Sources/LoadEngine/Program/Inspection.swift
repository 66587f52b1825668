import HTTP

/// What has to be looked at in a response: checks of its body, and values to take out of it.
package struct Inspection: Sendable {
    package init() {}

    /// Makes ready for the response to a request with this inspection.
    func begin(_ capture: inout ResponseCapture) {
        capture.reset()
    }

    /// Judges a complete response, and takes values out of it for `user`.
    ///
    /// - Parameter bodyByteCount: also of a body too long to be captured whole.
    /// - Returns: what is wrong, in words; nil when all checks hold.
    func fault(
        in capture: ResponseCapture, bodyByteCount: Int, user: inout ScriptUser
    ) -> String? {
        nil
    }
}

/// What is kept of a response while it is read.
package struct ResponseCapture: ResponseObserver, Sendable {
    package init() {}

    mutating func reset() {}

    package mutating func field(name: Span<UInt8>, value: Span<UInt8>) {}
    package mutating func content(_ bytes: Span<UInt8>) {}
}
