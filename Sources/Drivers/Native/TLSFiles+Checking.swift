import ControlPlane
import Foundation

extension TLSFiles {
    /// Looks for the files where engines will read them, because a run that fails for them would
    /// tell its owner, and not whoever can put them there.
    ///
    /// - Throws: which file of the cluster's configuration cannot be read.
    func check() throws(DriverError) {
        for (key, path) in [
            ("caFile", caFile), ("clientCertificateFile", clientCertificateFile),
            ("clientKeyFile", clientKeyFile),
        ] {
            guard let path else { continue }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw DriverError("the tls.\(key) of the cluster, \(path), is not there")
            }
            guard !isFolder.boolValue, FileManager.default.isReadableFile(atPath: path) else {
                throw DriverError("the tls.\(key) of the cluster, \(path), cannot be read")
            }
        }
    }
}
