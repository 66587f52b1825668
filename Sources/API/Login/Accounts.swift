import ControlPlane
import Synchronization

/// What logins work with, beside the users themselves.
package final class Accounts: Sendable {
    let store: any AccountStore
    let passwords: PasswordWorker
    let throttle = Mutex(LoginThrottle())

    package init(_ store: any AccountStore, passwords: PasswordWorker = .init()) {
        self.store = store
        self.passwords = passwords
    }
}
