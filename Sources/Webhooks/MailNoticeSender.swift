import ControlPlane
import Foundation
import Logging
import Networking
import Synchronization

/// Sends notices by mail, each on a thread of its own.
struct MailNoticeSender {
    /// Less than a whole attempt may take, so that the thread ends first.
    static let limit = WebhookDispatcher.mailAttemptMax - .seconds(2)

    /// Attempts that wait for all recipients, so that one who is greylisted gets the message, too.
    static let earlyTries = 5
    /// Of a notice, for as long as which they do: greylisting is over in 5 minutes as a rule. What
    /// is older has waited for its recipients, or behind the notice before that waited for them.
    static let earlyAge = Duration.seconds(600)

    /// Nil where no mail server is configured.
    let settings: SMTPSettings?
    let publicURL: String
    let time: any TimeSource

    func send(_ due: DueDelivery) async -> AttemptOutcome {
        guard let settings else {
            return AttemptOutcome(failure: "no mail server is configured: smtp")
        }
        let allowed = due.webhook.recipients.filter(settings.allows)
        guard !allowed.isEmpty else {
            return AttemptOutcome(failure: "smtp.recipientDomains allows none of the recipients")
        }
        let message = MailMessage(
            due.delivery.notice, id: due.delivery.id, from: settings.from, to: allowed,
            publicURL: publicURL, at: time.now)
        let age = Duration.seconds(time.now.timeIntervalSince(due.delivery.notice.at))
        let isEarly = due.delivery.tries < Self.earlyTries && age < Self.earlyAge
        let answer = FirstOutcome()
        do throws(SystemError) {
            _ = try LoopThread.start(name: "mail") {
                answer.finish(Self.deliver(message, by: settings, waitsForAll: isEarly))
            }
        } catch {
            answer.finish(AttemptOutcome(failure: error.description))
        }
        // A thread that nobody waits for any more ends by its own time limit.
        return await withTaskCancellationHandler {
            await answer.outcome()
        } onCancel: {
            answer.finish(AttemptOutcome(failure: "cut off"))
        }
    }

    private static func deliver(
        _ message: MailMessage, by settings: SMTPSettings, waitsForAll: Bool
    ) -> AttemptOutcome {
        let mask = SecretRegistry(SMTPDialogue.secrets(of: settings))
        do throws(SMTPFailure) {
            let (reply, refused) = try SMTPDialogue.deliver(
                message, by: settings, waitsForAll: waitsForAll, until: .now + limit)
            let note = refused.isEmpty ? "" : "; refused: " + refused.joined(separator: ", ")
            return AttemptOutcome(status: reply.code, excerpt: excerpt(reply.text + note, mask))
        } catch {
            return AttemptOutcome(status: error.code, failure: excerpt(error.reason, mask))
        }
    }

    private static func excerpt(_ text: String, _ mask: SecretRegistry) -> String {
        PrintableText.excerpt(mask.masked(text).utf8, bytesMax: Attempt.excerptBytesMax)
    }
}

/// One outcome, on its way from a thread to the task that waits for it. The first counts.
private final class FirstOutcome: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<AttemptOutcome, Never>)
        case known(AttemptOutcome)
    }

    private let state = Mutex(State.open)

    func finish(_ outcome: AttemptOutcome) {
        let waiting: CheckedContinuation<AttemptOutcome, Never>? = state.withLock { state in
            switch state {
            case .known: return nil
            case .awaited(let continuation):
                state = .known(outcome)
                return continuation
            case .open:
                state = .known(outcome)
                return nil
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// For one caller.
    func outcome() async -> AttemptOutcome {
        await withCheckedContinuation { continuation in
            let known: AttemptOutcome? = state.withLock { state in
                if case .known(let outcome) = state { return outcome }
                state = .awaited(continuation)
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
