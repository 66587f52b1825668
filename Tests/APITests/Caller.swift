import API
import ControlPlane

/// Those who call, each with a token.
struct Caller: Sendable {
    let token: String
    let principal: Principal

    init(_ name: String, _ role: Role, _ scope: Scope) {
        token = "token-of-\(name)"
        principal = Principal(name: name, role: role, scope: scope)
    }

    /// Somebody of whom only the token is known, which says itself who it is.
    init(token: String) {
        self.token = token
        principal = Principal(name: "", role: .viewer, scope: .everything)
    }

    static let viewer = Caller("viewer-1", .viewer, .tenant("tenant-1"))
    static let `operator` = Caller("operator-1", .operator, .tenant("tenant-1"))
    static let editor = Caller("editor-1", .editor, .tenant("tenant-1"))
    static let admin = Caller("admin-1", .admin, .tenant("tenant-1"))
    static let editorOfOther = Caller("editor-2", .editor, .tenant("tenant-2"))
    static let administrator = Caller("administrator", .administrator, .everything)
    static let callback = Caller("hook", .callback, .everything)

    static let all = [
        viewer, `operator`, editor, admin, editorOfOther, administrator, callback,
    ]
}
