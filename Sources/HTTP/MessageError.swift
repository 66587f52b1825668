/// Why bytes are no message that this program accepts. After any of these the place where the
/// next message begins is unknown or not to be trusted: a server answers `status` and closes, a
/// client closes. The raw value is the name for programs.
package enum MessageError: String, CaseIterable, Error, Equatable, Sendable {
    case headTooLarge
    case tooManyFields
    case targetTooLong
    case bodyTooLarge

    case bareLineFeed
    case bareCarriageReturn
    case malformedRequestLine
    case invalidMethod
    case methodTooLong
    case methodNotImplemented
    case invalidTarget
    case invalidPercentEncoding
    case dotSegment
    case malformedVersion
    case unsupportedVersion

    case foldedField
    case missingColon
    case invalidFieldName
    case invalidFieldValue
    case missingHost
    case repeatedHost
    case invalidHost

    case repeatedContentLength
    case invalidContentLength
    case lengthAndTransferEncoding
    case repeatedTransferEncoding
    case invalidTransferEncoding
    case unsupportedTransferCoding

    case invalidChunkSize
    case invalidChunkExtension
    case missingChunkEnd

    case malformedStatusLine
    case conflictingContentLength
    case unexpectedUpgrade
    case endedEarly
}

extension MessageError {
    /// Whether only a response can have this mistake.
    package var isOfResponses: Bool {
        switch self {
        case .malformedStatusLine, .conflictingContentLength, .unexpectedUpgrade, .endedEarly: true
        default: false
        }
    }

    /// The status to answer with (RFC 9110, section 15; 431 is RFC 6585's).
    package var status: Int {
        switch self {
        case .headTooLarge, .tooManyFields: 431
        case .targetTooLong: 414
        case .bodyTooLarge: 413
        case .methodTooLong, .methodNotImplemented, .unsupportedTransferCoding: 501
        case .unsupportedVersion: 505
        default: 400
        }
    }
}

extension MessageError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .headTooLarge: "the head is too large"
        case .tooManyFields: "the message has too many header fields"
        case .targetTooLong: "the request target is too long"
        case .bodyTooLarge: "the body is too large"
        case .bareLineFeed: "a line ends without a carriage return"
        case .bareCarriageReturn: "a carriage return is not followed by a line feed"
        case .malformedRequestLine: "the request line is not a method, a target and a version"
        case .invalidMethod: "the method is not a token"
        case .methodTooLong: "the method is longer than any known one"
        case .methodNotImplemented: "the method is not implemented"
        case .invalidTarget: "the request target is not a path, a URL or an asterisk"
        case .invalidPercentEncoding: "the request target is not percent-encoded UTF-8 text"
        case .dotSegment: "the path has a segment of dots"
        case .malformedVersion: "the version is not of the form HTTP/1.1"
        case .unsupportedVersion: "only HTTP/1.0 and HTTP/1.1 are spoken here"
        case .foldedField: "a header field begins with white space"
        case .missingColon: "a header line has no colon"
        case .invalidFieldName: "a header field's name is not a token"
        case .invalidFieldValue: "a header field's value has a control character"
        case .missingHost: "the Host field is missing"
        case .repeatedHost: "the Host field is repeated"
        case .invalidHost: "the Host field is not a host and a port"
        case .repeatedContentLength: "the Content-Length field is repeated"
        case .invalidContentLength: "the Content-Length field is not a number"
        case .lengthAndTransferEncoding: "Content-Length and Transfer-Encoding exclude each other"
        case .repeatedTransferEncoding: "the Transfer-Encoding field is repeated"
        case .invalidTransferEncoding: "the Transfer-Encoding field does not end in chunked"
        case .unsupportedTransferCoding: "chunked is the only transfer coding spoken here"
        case .invalidChunkSize: "a chunk's size is not a hexadecimal number"
        case .invalidChunkExtension: "a chunk's extension is malformed or too long"
        case .missingChunkEnd: "a chunk does not end where its size says"
        case .malformedStatusLine: "the status line is not a version and a status of three digits"
        case .conflictingContentLength: "the Content-Length field has several values"
        case .unexpectedUpgrade: "the protocol was switched without being asked to"
        case .endedEarly: "the connection ended within a message"
        }
    }
}
