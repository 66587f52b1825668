/// To whom mail can be sent.
package struct MailRules: Sendable {
    /// False where no mail server is configured.
    let isConfigured: Bool
    let allows: @Sendable (String) -> Bool

    /// No mail.
    package init() {
        isConfigured = false
        allows = { _ in false }
    }

    /// - Parameter allows: whether mail may be sent to this address.
    package init(allows: @escaping @Sendable (String) -> Bool) {
        isConfigured = true
        self.allows = allows
    }
}
