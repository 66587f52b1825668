/// Turns responses into bytes, head and body in one piece so that one send carries both.
package enum ResponseSerializer {
    /// Why a response was not serialized. It is a handler's mistake, and sending it would let the
    /// handler's input write fields or responses of its own.
    package enum InvalidResponse: Error, Equatable, Sendable {
        case status(Int)
        case field(name: String)
    }

    /// What the `Connection` field says.
    package enum Connection: Sendable {
        /// Nothing, which in HTTP/1.1 means that the connection stays.
        case unmentioned
        case close
        /// Said to clients of HTTP/1.0, which would expect the end.
        case keepAlive
    }

    /// Where the body ends.
    package enum Framing: Sendable {
        /// Behind as many bytes as it has.
        case length
        /// Behind the last chunk; for bodies that are made while they are sent.
        case chunked
        /// With the connection; the same for clients of HTTP/1.0.
        case untilEnd
    }

    /// Ends a chunked body without trailer fields (RFC 9112, section 7.1).
    package static let lastChunk = Array("0\r\n\r\n".utf8)

    /// Appends a chunk, which must not be empty: that would be the last one.
    package static func append(chunk: [UInt8], to output: inout [UInt8]) {
        precondition(!chunk.isEmpty, "an empty chunk ends a body")
        output.append(String(chunk.count, radix: 16))
        output.append("\r\n")
        output.append(contentsOf: chunk)
        output.append("\r\n")
    }

    /// The interim response that asks for the body (RFC 9110, section 15.2.1).
    package static let continue100 = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Appends `response` to `output`, or leaves `output` as it was and throws.
    ///
    /// - Parameters:
    ///   - date: the text of the `Date` field, see `HTTPDate`.
    ///   - omitsBody: whether a `HEAD` is answered: the length is said, the body not sent.
    ///   - framing: any other than `.length` appends the head alone.
    package static func append(
        _ response: Response, to output: inout [UInt8], date: String, connection: Connection,
        omitsBody: Bool, framing: Framing = .length
    ) throws(InvalidResponse) {
        guard 200...599 ~= response.status else { throw .status(response.status) }
        for field in response.headers where !isSendable(field) {
            throw .field(name: field.name)
        }
        output.append("HTTP/1.1 ")
        output.append(decimal: response.status)
        output.append(" ")
        output.append(StatusReason.text(for: response.status))
        output.append("\r\nDate: ")
        output.append(date)
        for field in response.headers where !isFraming(field.name) {
            output.append("\r\n")
            output.append(field.name)
            output.append(": ")
            output.append(field.value)
        }
        switch connection {
        case .unmentioned: break
        case .close: output.append("\r\nConnection: close")
        case .keepAlive: output.append("\r\nConnection: keep-alive")
        }
        // These two have no body, and a length would announce one (RFC 9110, section 8.6).
        guard response.status != 204, response.status != 304 else {
            output.append("\r\n\r\n")
            return
        }
        switch framing {
        case .length:
            output.append("\r\nContent-Length: ")
            output.append(decimal: response.body.count)
        case .chunked: output.append("\r\nTransfer-Encoding: chunked")
        case .untilEnd: break
        }
        output.append("\r\n\r\n")
        if !omitsBody { output.append(contentsOf: response.body) }
    }

    /// The fields that the serializer writes itself.
    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.equalsIgnoringCase("date")
        case 10: name.equalsIgnoringCase("connection") || name.equalsIgnoringCase("keep-alive")
        case 14: name.equalsIgnoringCase("content-length")
        case 17: name.equalsIgnoringCase("transfer-encoding")
        default: false
        }
    }

    private static func isSendable(_ field: (name: String, value: String)) -> Bool {
        !field.name.isEmpty && field.name.utf8.allSatisfy(ASCII.isToken)
            && field.value.utf8.allSatisfy(ASCII.isFieldValue)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }

    fileprivate mutating func append(decimal number: Int) {
        append(contentsOf: String(number).utf8)
    }
}
