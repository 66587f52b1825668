import ControlPlane

/// Why there is no copy, and which file is to blame for it.
package enum StoreBackupFailure: Error, Equatable, Sendable {
    /// The store cannot be read.
    case store(StoreFailure)
    /// Nothing was written: the copy's name is taken.
    case exists(String)
    /// The copy cannot be written; the store is as it was.
    case copy(StoreFailure)
}

extension StoreBackupFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .store(let failure): "cannot read the store: \(failure)"
        case .exists(let path):
            "cannot write the copy \(path): the file exists: name another, or move it away"
        case .copy(let failure): "cannot write the copy: \(failure)"
        }
    }
}
