import CDashboard
import HTTP

/// A file of the dashboard, as it was built into the program.
struct PageFile: Sendable {
    /// Under the page's folder, such as `pages/run.js`.
    let name: String
    let bytes: [UInt8]
    /// Changes with the bytes (RFC 9110, section 8.8.3).
    let entityTag: String

    private init(_ file: DashboardFile) {
        name = String(cString: file.name)
        bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
        entityTag = "\"\(Digest(of: bytes).hex.prefix(32))\""
    }

    /// By name.
    static let all: [String: PageFile] = {
        let files = (0..<dashboard_file_count()).map { PageFile(dashboard_file($0)) }
        return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
    }()

    /// Nil for a file of a kind that is not served.
    var mediaType: String? {
        name.split(separator: ".").last.flatMap { Self.mediaTypes[String($0)] }
    }

    static let mediaTypes = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
    ]
}

// MARK: Its answer

extension PageFile {
    /// Everything from this very server, nothing written into the page, no frame around it, no
    /// form that leaves it: what a hostile name or answer might bring into the page stays text.
    static let contentPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
        "img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'",
    ].joined(separator: "; ")

    /// Nothing but 304 for a browser that has it already.
    ///
    /// - Parameter known: the fields `If-None-Match` of the request.
    func response(to known: [String]) -> Response {
        var headers: HeaderFields = [
            "ETag": entityTag,
            // To be asked for each time: after an update no old part meets a new one.
            "Cache-Control": "no-cache", "Content-Security-Policy": Self.contentPolicy,
        ]
        let tags = known.flatMap { $0.split(separator: ",") }.map { tag in
            String(tag.drop { $0 == " " }).replacing("W/", with: "")
        }
        guard !tags.contains(where: { $0 == entityTag || $0 == "*" }) else {
            return Response(status: 304, headers: headers)
        }
        headers.set("Content-Type", mediaType ?? "application/octet-stream")
        return Response(status: 200, headers: headers, body: bytes)
    }
}
