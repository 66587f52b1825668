import ControlPlane
import Foundation

/// A name under which a report can be kept on any system.
package enum ReportFileName {
    /// Of the run's own name: the rest is what tells two apart.
    private static let wordsMax = 40

    /// As in `checkout-20261121-2248-1f0c55aa.html`.
    ///
    /// - Parameter part: of what there is of a run, such as `summary`; empty for the report.
    package static func text(of run: Run, part: String = "", ending: String) -> String {
        let words = run.spec.name.lowercased().split {
            !($0.isASCII && ($0.isLetter || $0.isNumber))
        }
        .joined(separator: "-").prefix(wordsMax)
        let time = Timestamp.format(run.startRequestedAt ?? run.audit.createdAt).prefix(16)
            .filter { $0 != "-" && $0 != ":" }.replacing("T", with: "-")
        let id = run.id.text.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(8)
        return ["load-test", String(words), time, String(id), part].filter { !$0.isEmpty }
            .joined(separator: "-") + ".\(ending)"
    }
}
