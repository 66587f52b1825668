/// Is shown what a `ResponseParser` reads, for checks and for values to be taken out.
///
/// What is shown lies in the bytes that were offered or in the parser, and is gone when the call
/// returns.
package protocol ResponseObserver {
    /// A field of the final head, in order, before it is known whether the head as a whole is
    /// good. The value is without the white space around it and, where it is folded, ends with its
    /// first line. Lines without a colon are not shown.
    mutating func field(name: Span<UInt8>, value: Span<UInt8>)

    /// The next piece of the body, chunk framing taken off. How the body is cut into pieces
    /// depends on how it arrived.
    mutating func content(_ bytes: Span<UInt8>)
}

/// The observer of those who only count; the compiler removes every trace of it.
struct NoObserver: ResponseObserver {
    func field(name: Span<UInt8>, value: Span<UInt8>) {}
    func content(_ bytes: Span<UInt8>) {}
}
