/// The port to the tokens by which hooks prove that they may report on one run.
package protocol CallbackTokens: Sendable {
    /// A new token, not to be guessed, and what is stored in its place. It is valid once `accept`
    /// was told of the run with this digest.
    func make(for run: RunID) -> (token: CallbackToken, digest: String)

    /// From now on the token of the run's digest is valid, and no earlier one of this run.
    func accept(_ run: Run)

    /// Nobody supervises the run any more: its token is valid for a last while.
    func retire(_ run: RunID)

    /// The runs of an earlier process are accepted, all of them.
    func endAdoption()
}

/// The token of one run: in clear in memory, and on its way to the run's cluster.
package struct CallbackToken: Equatable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// For whatever prints an order or an error that contains one.
    package var description: String { "***" }
}

extension RunSupervisor {
    /// A token for the load that is about to be asked for. Its digest is part of the run from here
    /// on, and to be stored before the order is given: the next process then knows it, too.
    func makeCallbackToken() -> CallbackToken? {
        guard let callbackTokens, driver.takesCallbackTokens else { return nil }
        let made = callbackTokens.make(for: id)
        _ = react(to: .callbackTokenMade(digest: made.digest))
        return made.token
    }
}
