import JSON

/// Finds what is of use in the HTML of a master's front page.
enum FrontPage {
    /// Decodes the JSON behind `window.templateArgs`; `nil` on a page that is not Locust's.
    static func info(in page: [UInt8]) -> MasterInfo? {
        if let value = templateArguments(in: page) { return MasterInfo(value) }
        guard let version = oldPageVersion(in: page) else { return nil }
        return MasterInfo(.object(["version": .string(version)]))
    }

    /// What stands behind `window.templateArgs`, on the front page and in the report.
    static func templateArguments(in page: [UInt8]) -> JSONValue? {
        let name = Array("window.templateArgs".utf8)
        var rest = page[...]
        // The scripts of the report read the variable before the page sets it.
        while let found = rest.firstRange(of: name) {
            rest = page[found.upperBound...]
            let value = rest.drop { $0 == 0x20 || $0 == UInt8(ascii: "=") }
            // Scripts after the value, as in 2.20's modern page, are of no interest.
            guard value.first == UInt8(ascii: "{") else { continue }
            do {
                return try JSONReader.value(in: page, from: value.startIndex, dialect: .python)
            } catch {
                return nil
            }
        }
        return nil
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
