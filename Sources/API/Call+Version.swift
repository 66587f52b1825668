import Foundation

extension Call {
    /// RFC 9110, section 13.1.1: what was asked for an older version is refused.
    func checkVersion(_ version: Int) throws(Problem) {
        let conditions = request.headers.values("If-Match")
        guard !conditions.isEmpty else { return }
        // Several fields of a list mean the same as one (RFC 9110, section 5.3).
        let tags = conditions.flatMap { $0.split(separator: ",") }.map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard tags.contains("*") || tags.contains("\"\(version)\"") else {
            throw Problem(.versionConflict(current: version))
        }
    }
}
