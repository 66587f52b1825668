import Foundation
import FoundationNetworking

/// A person at the master's own web interface.
enum Locust {
    static func post(_ path: String, _ form: String, to master: URL) async throws {
        var request = URLRequest(url: master.appending(path: path), timeoutInterval: 70)
        request.httpMethod = "POST"
        request.setValue(
            "application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(form.utf8)
        let (_, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw HarnessError("\(path) was refused")
        }
    }
}
