/// How the service and its engines talk: JSON lines over the standard streams of the child. First
/// the order goes in, and `EngineAnswer.started` or `.refused` comes out; then requests go in and
/// reports come out, about one a second, until the one with the end. The end of its input tells
/// the child that nobody is there any more.
package enum EngineProtocol {
    /// Both ends are the same program, but a service that was updated under its own feet starts
    /// engines of the new one: those must not guess what an old line means.
    package static let version = 1

    /// Longest line of either side. A definition of 1 MiB fits as often as it needs, and so do the
    /// reports of 10,000 endpoints; what is longer is a mistake, and must not fill the memory.
    package static let lineBytesMax = 16 * 1024 * 1024

    /// Longest text of an example or a reason.
    static let textCharactersMax = 500

    /// Texts come from servers under test, and may be of any length.
    static func shortened(_ text: String) -> String {
        text.count <= textCharactersMax ? text : text.prefix(textCharactersMax) + "…"
    }
}
