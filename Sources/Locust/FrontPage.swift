import JSON

/// Finds what is of use in the HTML of a master's front page.
enum FrontPage {
    /// Decodes the JSON behind `window.templateArgs`; `nil` on a page that is not Locust's.
    static func info(in page: [UInt8]) -> MasterInfo? {
        if let value = templateArguments(in: page) { return MasterInfo(value) }
        guard let version = oldPageVersion(in: page) else { return nil }
        return MasterInfo(.object(["version": .string(version)]))
    }

    private static func templateArguments(in page: [UInt8]) -> JSONValue? {
        guard var start = page.firstRange(of: Array("window.templateArgs".utf8))?.upperBound
        else { return nil }
        while start < page.count, page[start] == 0x20 || page[start] == UInt8(ascii: "=") {
            start += 1
        }
        // Scripts after the value, as in 2.20's modern page, are of no interest.
        guard start < page.count, page[start] == UInt8(ascii: "{") else { return nil }
        do {
            return try JSONReader.value(in: page, from: start, dialect: .python)
        } catch {
            return nil
        }
    }

    /// The default page of 2.20 links to its release notes.
    private static func oldPageVersion(in page: [UInt8]) -> String? {
        let link = Array("github.com/locustio/locust/releases/tag/".utf8)
        guard let start = page.firstRange(of: link)?.upperBound else { return nil }
        let allowed = Set("0123456789abcdefghijklmnopqrstuvwxyz.+-".utf8)
        let version = page[start...].prefix(versionBytesMax).prefix { allowed.contains($0) }
        return version.isEmpty ? nil : String(decoding: version, as: UTF8.self)
    }

    /// A version of a development build with its commit is about 40 long.
    private static let versionBytesMax = 64
}
