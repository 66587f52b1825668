/// A request of which some parts differ each time.
package struct RequestTemplate: Sendable {
    package init() {}

    /// Appends the whole message.
    func render(
        for user: ScriptUser, of script: Script, using random: inout RandomSource,
        into message: inout [UInt8]
    ) {}
}
