/// A request that is sent again to where a redirect leads, made from the bytes of the first.
struct RedirectedRequest {
    /// Path and query of a whole message; empty where it has none.
    static func target(of message: [UInt8]) -> [UInt8] {
        let words = message.prefix { $0 != UInt8(ascii: "\r") }.split(separator: UInt8(ascii: " "))
        return words.count == 3 ? Array(words[1]) : []
    }

    /// The message for the next hop.
    ///
    /// What changes (RFC 9110, section 15.4): 303, and 301 and 302 after POST, make it a GET
    /// without a body. Credentials do not go to another host.
    static func message(
        after original: [UInt8], status: Int, to next: RedirectTarget, from origin: Origin
    ) -> [UInt8] {
        guard let headEnd = headEnd(of: original) else { return original }
        let lines = original[..<headEnd].split(separator: UInt8(ascii: "\n")).map { line in
            line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        }
        let method = Array((lines.first ?? []).prefix { $0 != UInt8(ascii: " ") })
        let isPost = method == Array("POST".utf8)
        let isHead = method == Array("HEAD".utf8)
        let becomesGet = (status == 303 && !isHead) || ((status == 301 || status == 302) && isPost)
        var dropped = ["host"]
        if becomesGet { dropped += ["content-length", "content-type", "transfer-encoding"] }
        if next.origin != origin { dropped += ["authorization", "cookie"] }
        var message = becomesGet ? Array("GET".utf8) : method
        message += [UInt8(ascii: " ")] + next.target + Array(" HTTP/1.1\r\n".utf8)
        message += Array("Host: \(next.origin.authority)\r\n".utf8)
        for line in lines.dropFirst() where !line.isEmpty {
            let name = String(decoding: line.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
            if !dropped.contains(name.lowercased()) { message += line + Array("\r\n".utf8) }
        }
        message += Array("\r\n".utf8)
        if !becomesGet { message += original[headEnd...] }
        return message
    }

    /// Behind the blank line; our own messages always have one.
    private static func headEnd(of message: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        guard message.count >= mark.count else { return nil }
        return (0...message.count - mark.count).first { index in
            message[index..<index + mark.count].elementsEqual(mark)
        }.map { $0 + mark.count }
    }
}
