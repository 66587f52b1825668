import ControlPlane
import Logging

/// Stores when tokens were last used, once a minute for all of them together.
package struct TokenUseRecorder: Sendable {
    package static let interval = Duration.seconds(60)

    private let issued: IssuedTokens
    private let store: any TokenStore
    private let time: any TimeSource
    private let logger: Logger

    package init(_ services: Services) {
        issued = services.authenticator.issued
        store = services.tokens
        time = services.time
        logger = services.logger
    }

    package func run() async {
        while true {
            do { try await time.sleep(for: Self.interval) } catch { return }
            issued.forgetExpired(at: time.now)
            await record()
        }
    }

    /// What a store that fails does not take now, it is given the next time.
    package func record() async {
        let uses = issued.takeUses()
        guard !uses.isEmpty else { return }
        do throws(ControlPlaneError) {
            try await store.noteUses(uses)
        } catch {
            issued.giveBack(uses)
            logger.error("last uses of tokens not stored", ["cause": .string(error.description)])
        }
    }
}
