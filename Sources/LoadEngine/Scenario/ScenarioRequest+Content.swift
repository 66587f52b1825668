extension ScenarioRequest {
    /// What we call ourselves unless told otherwise.
    static let userAgent = "swarmkeeper"

    /// The message (RFC 9112): bytes if it is the same each time.
    func content(origin: Origin, base: BaseURL?, keepsAlive: Bool) -> RequestPlan.Content {
        var message = RequestTemplate()
        message.append(method + " ")
        if target.origin == nil, let base {
            message.append(TextTemplate(literal: base.path), in: .target)
        }
        if case .value = target.template.parts.first { message.appendPathStart() }
        message.append(target.template, in: .target)
        message.append(" HTTP/1.1\r\n")

        // Host comes first, as RFC 9110, section 7.2, wants it.
        for header in headers where header.isCalled("host") { message.append(header) }
        if !has("host") { message.append("Host: \(origin.authority)\r\n") }
        if !has("user-agent") { message.append("User-Agent: \(Self.userAgent)\r\n") }
        if !has("accept") { message.append("Accept: */*\r\n") }
        for header in headers where !header.isCalled("host") {
            // Two different orders about the connection would be one too many.
            if !keepsAlive, header.isCalled("connection") { continue }
            message.append(header)
        }
        if !keepsAlive { message.append("Connection: close\r\n") }
        appendLengthAndBody(to: &message)
        return message.fixedBytes.map { .fixed($0) } ?? .template(message)
    }

    private func has(_ name: String) -> Bool { headers.contains { $0.isCalled(name) } }

    private func appendLengthAndBody(to message: inout RequestTemplate) {
        if let body {
            message.append("Content-Length: ")
            if let fixed = body.fixedBytes {
                message.append("\(fixed.count)")
            } else {
                message.appendLength()
            }
            message.append("\r\n\r\n")
            message.appendBody(body, in: isJSON ? .json : .body)
        } else {
            message.append(HTTPMethod.hasLength(method) ? "Content-Length: 0\r\n\r\n" : "\r\n")
        }
    }
}

extension RequestTemplate {
    fileprivate mutating func append(_ header: ScenarioHeader) {
        append(header.name + ": ")
        append(header.value, in: .field)
        append("\r\n")
    }
}
