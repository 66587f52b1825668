/// Why a request did not succeed. Every failure has exactly one kind.
package enum FailureKind: Int, CaseIterable, Sendable {
    /// The host has no address.
    case resolve
    /// The rules that the run was given do not allow the server, or an address of it.
    case targetNotAllowed
    case connectRefused
    case connectTimeout
    /// Any other failure to connect: no route, no free port, too many open files.
    case connectFailed
    case tls
    /// The connection was closed or reset before the response was complete.
    case reset
    /// The response was not complete in time.
    case readTimeout
    /// What came is no HTTP/1.1 response.
    case badResponse
    case unexpectedStatus
    /// A check of the body failed, or a value to extract was not there.
    case checkFailed

    /// A name for reports.
    package var name: String { "\(self)" }
}
