import Foundation

package struct SpawnFailure: Error {
    package let program: String
    package let code: Int32
}

/// Starts a program without input. Not by `Process`, which starts it with the signals blocked that
/// are blocked on a thread of Dispatch, `SIGTERM` and `SIGALRM` among them.
package func spawn(_ words: [String], output: String = "/dev/null") throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    var id: pid_t = 0
    let code = posix_spawnp(&id, words[0], &actions, &attributes, pointers + [nil], environ)
    guard code == 0 else { throw SpawnFailure(program: words[0], code: code) }
    return id
}

/// Returns the status that the program ended with.
package func awaitExit(of id: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, 0) == -1, errno == EINTR {}
    return status
}

/// The same from a task, whose thread does something else meanwhile.
package func exitStatus(of id: pid_t) async throws -> Int32 {
    var status: Int32 = 0
    while waitpid(id, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(10)) }
    return status
}
