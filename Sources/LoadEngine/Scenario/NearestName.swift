/// Guesses what was meant by a name that is none of the known ones.
enum NearestName {
    /// Longest name that is compared: nobody means one by a longer text.
    private static let lengthMax = 80

    /// The known name that takes the fewest changes of a letter; nil when none is near.
    static func of(_ name: String, among known: [String]) -> String? {
        guard name.utf8.count <= lengthMax else { return nil }
        let near = known.map { (name: $0, distance: distance(name.lowercased(), $0.lowercased())) }
            .min { $0.distance < $1.distance }
        guard let near, near.distance <= max(2, name.count / 3) else { return nil }
        return near.name
    }

    /// Levenshtein's distance.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substitution = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
