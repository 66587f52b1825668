/// A server's reply (RFC 5321, section 4.2): a code of three digits and some lines of text.
struct SMTPReply: Equatable {
    let code: Int
    let lines: [String]

    var text: String { PrintableText.line(lines.joined(separator: " ")) }

    /// The keywords of an answer to EHLO with what stands behind them; the first line greets.
    var extensions: [String: String] {
        var extensions: [String: String] = [:]
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 1)
            guard let name = words.first else { continue }
            extensions[name.uppercased()] = words.count > 1 ? String(words[1]) : ""
        }
        return extensions
    }
}

/// Finds the replies in what a server sends, which is nothing that could be trusted.
struct SMTPReplyReader {
    /// RFC 5321, section 4.5.3.1.5, has 512; some servers explain themselves at length.
    static let lineBytesMax = 2_048
    static let linesMax = 100

    enum Fault: Error, Equatable {
        case lineTooLong, tooManyLines, noReply, codesDiffer
    }

    private var line: [UInt8] = []
    private var lines: [String] = []
    private var code: Int?
    private var waiting: [UInt8] = []

    /// Whether bytes came behind the last reply: nobody may say anything before TLS that is
    /// listened to behind it (CVE-2011-0411).
    var hasMore: Bool { !waiting.isEmpty || !line.isEmpty || !lines.isEmpty }

    mutating func feed(_ bytes: some Sequence<UInt8>) { waiting += bytes }

    /// The next reply; nil as long as it is not whole.
    mutating func next() throws(Fault) -> SMTPReply? {
        var used = 0
        defer { waiting.removeFirst(used) }
        for byte in waiting {
            used += 1
            guard byte == UInt8(ascii: "\n") else {
                guard line.count < Self.lineBytesMax else { throw .lineTooLong }
                line.append(byte)
                continue
            }
            if let reply = try takeLine() { return reply }
        }
        return nil
    }

    private mutating func takeLine() throws(Fault) -> SMTPReply? {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let digits = line.prefix(3)
        guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .noReply
        }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        let mark = line.count > 3 ? line[3] : UInt8(ascii: " ")
        guard (200...599).contains(number), mark == UInt8(ascii: " ") || mark == UInt8(ascii: "-")
        else { throw .noReply }
        guard code == nil || code == number else { throw .codesDiffer }
        guard lines.count < Self.linesMax else { throw .tooManyLines }
        lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
        line = []
        code = number
        guard mark == UInt8(ascii: " ") else { return nil }
        defer { (lines, code) = ([], nil) }
        return SMTPReply(code: number, lines: lines)
    }
}
