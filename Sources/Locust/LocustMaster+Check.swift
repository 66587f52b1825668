/// What an answer is when it is not the one that was asked for.
extension LocustMaster {
    /// Passes an answer of status 200 that does not come from a login page.
    func check(_ answer: TransportAnswer, to call: LocustCall) throws(LocustError) {
        switch answer.status {
        case 200:
            // With --web-login, a locustfile without login code answers like this to everything.
            if asksForLogin(answer) { throw .loginRequired(call) }
        case 300..<400:
            let target = path(of: answer.headers["location"] ?? "")
            if target.hasSuffix("/login") { throw .loginRequired(call) }
            throw .notLocust(
                call, reason: "it redirects to \(target); check scheme, host and base path")
        case 401, 403:
            throw .unauthorized(call, status: answer.status)
        case 404:
            throw .notLocust(
                call,
                reason: "404 Not Found; a master with --web-base-path needs that path in its URL")
        default:
            throw .unexpectedStatus(call, status: answer.status, excerpt: excerpt(answer.body))
        }
    }

    func isPage(_ answer: TransportAnswer) -> Bool {
        if answer.headers["content-type"]?.lowercased().hasPrefix("text/html") == true {
            return true
        }
        return answer.body.first { $0 > 0x20 } == UInt8(ascii: "<")
    }

    private func asksForLogin(_ answer: TransportAnswer) -> Bool {
        guard isPage(answer) else { return false }
        return answer.body.starts(with: "Locust auth exception".utf8)
            || answer.body.firstRange(of: Array("window.authArgs".utf8)) != nil
    }

    /// A URL, or a reference to one, without the parts that may hold what is nobody's business.
    private func path(of location: String) -> String {
        let place = location.prefix { $0 != "?" && $0 != "#" }
        return excerpt(String(place.split(separator: "@").last ?? ""))
    }

    func excerpt(_ body: [UInt8]) -> String {
        // Far more than is shown, so that no secret is cut before it is recognized.
        excerpt(String(decoding: body.prefix(excerptBytesMax), as: UTF8.self))
    }

    /// The beginning of `text` on one line, for a message.
    func excerpt(_ text: String) -> String {
        let words = text.split { $0.isWhitespace || $0.isNewline }.joined(separator: " ")
        var line = words.filter { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } }
        // A shorter one would be found everywhere.
        for secret in secrets where secret.utf8.count >= 4 { line.replace(secret, with: "***") }
        return line.count > excerptCharactersMax
            ? line.prefix(excerptCharactersMax) + "..." : line
    }

    /// Enough for Locust's longest refusal, and for two lines of a log.
    private var excerptCharactersMax: Int { 200 }

    private var excerptBytesMax: Int { 16_384 }
}
