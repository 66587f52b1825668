import Glibc

/// On which cores a program may run.
enum Pinning: Equatable {
    case anywhere
    case only(cores: [Int], taskset: String)

    /// `taskset` sets the affinity and becomes the program, so that the process id stays the same.
    func wrap(_ command: [String]) -> [String] {
        switch self {
        case .anywhere: command
        case .only(let cores, let taskset):
            [taskset, "-c", cores.map(String.init).joined(separator: ",")] + command
        }
    }
}
