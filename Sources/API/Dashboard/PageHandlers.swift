import ControlPlane
import HTTP

/// The dashboard: files that know nothing, for a page that asks this API like any other client.
enum PageHandlers {
    static func index(_ call: Call) async throws(Problem) -> Response {
        try answer(call, "index.html")
    }

    static func asset(_ call: Call) async throws(Problem) -> Response {
        let name = call.parameter("name")
        // A slash that was written as %2F makes no folder.
        guard !name.contains("/") else { throw .notFound("path \(call.request.rawPath)") }
        return try answer(call, name)
    }

    static func folderAsset(_ call: Call) async throws(Problem) -> Response {
        try answer(call, "\(call.parameter("folder"))/\(call.parameter("name"))")
    }

    private static func answer(_ call: Call, _ name: String) throws(Problem) -> Response {
        guard let file = PageFile.all[name] else {
            throw .notFound("path \(call.request.rawPath)")
        }
        return file.response(to: call.request.headers.values("If-None-Match"))
    }
}
