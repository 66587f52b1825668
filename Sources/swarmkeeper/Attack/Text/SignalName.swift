import Glibc

enum SignalName {
    static func of(_ number: Int32) -> String {
        switch number {
        case SIGINT: "Ctrl-C"
        case SIGTERM: "SIGTERM"
        default: "signal \(number)"
        }
    }
}
